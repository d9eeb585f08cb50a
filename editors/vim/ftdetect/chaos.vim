autocmd BufNewFile,BufRead *.chaos setfiletype chaos
