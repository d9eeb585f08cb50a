# cmake -DOUT=file -DIN=a.h;b.h -DROOT=dir -P flatten.cmake
# Joins the project's headers into one that stands alone: their own includes of each other are dropped.
set(text "")
foreach(header IN LISTS IN)
  file(READ ${ROOT}/${header} part)
  string(REGEX REPLACE "#include \"[^\"]*\"\n" "" part "${part}")
  string(APPEND text "${part}\n")
endforeach()
file(WRITE ${OUT} "${text}")
