# SPDX-License-Identifier: MIT
# layers_read(<source folder>): the table of src/README.md, which says what each
# folder may include.  Sets `layers`, and may_<layer> for each of them.
#
# A row of a layer has the name of its folder in the first cell; in the last one
# each word in backticks is a folder, or a header, that it may include.
function(layers_read root)
  set(layers)
  file(STRINGS "${root}/src/README.md" rows REGEX "^\\| `[a-z]+` \\|")
  foreach(row IN LISTS rows)
    string(REGEX REPLACE "^\\| `([a-z]+)` .*" "\\1" layer "${row}")
    string(REGEX REPLACE ".*\\|([^|]*)\\|[ ]*$" "\\1" cell "${row}")
    string(REGEX MATCHALL "`[^`]+`" may "${cell}")
    string(REPLACE "`" "" may "${may}")
    list(APPEND layers "${layer}")
    set(may_${layer} ${layer} ${may} PARENT_SCOPE)
  endforeach()
  set(layers "${layers}" PARENT_SCOPE)
endfunction()
