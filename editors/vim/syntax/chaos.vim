" Vim syntax file for .chaos, written by scripts/editors from frontend/chaos_words.def.
if exists("b:current_syntax")
  finish
endif

syntax iskeyword @,48-57,_,-

syntax keyword chaosStatement experiment version description tags contributions config secrets controls extension steady-state method rollbacks runtime background probe action ref raw hypothesis
syntax keyword chaosProvider http process shell python
syntax keyword chaosClause headers arguments verify-tls max-retries expected-status timeout deadline pause dry automatic with
syntax keyword chaosModifier before after provider env vault at count expect in
syntax keyword chaosLiteral true false null

syntax match chaosNumber /\v<-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(ms|s|m|h)?>/
syntax match chaosOperator /=>\|??\|\~\|\.\.\|=/
syntax match chaosKey /\v<[A-Za-z_][A-Za-z0-9_-]*>\ze\s*(:|\=\>@!)/
syntax match chaosFunction /\v<[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)+/
syntax match chaosVariable /\v\$\{[A-Za-z_][A-Za-z0-9_-]*\}/
syntax match chaosEscape contained /\v\\(["\\\/bfnrt]|u\x{4})/
syntax region chaosString start=/"/ skip=/\\./ end=/"/ oneline contains=chaosEscape,chaosVariable
syntax region chaosRaw start=/'/ end=/'/ oneline
syntax region chaosHeredoc start=/"""/ end=/"""/ contains=chaosVariable
syntax match chaosComment /#.*$/ contains=@Spell

highlight default link chaosStatement Keyword
highlight default link chaosProvider Function
highlight default link chaosClause Type
highlight default link chaosModifier Operator
highlight default link chaosLiteral Constant
highlight default link chaosNumber Number
highlight default link chaosOperator Operator
highlight default link chaosKey Identifier
highlight default link chaosFunction Function
highlight default link chaosVariable PreProc
highlight default link chaosEscape SpecialChar
highlight default link chaosString String
highlight default link chaosRaw String
highlight default link chaosHeredoc String
highlight default link chaosComment Comment

let b:current_syntax = "chaos"
