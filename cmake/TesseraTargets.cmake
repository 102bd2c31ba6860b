# One place for the compile options of every target.
#   tessera_library(room sources...)     -> library tessera_room, alias tessera::room
#   tessera_test(name sources... [LABELS slow data] [LIBS targets...]) -> one test program per file, cases discovered

add_library(tessera_options INTERFACE)
target_include_directories(tessera_options INTERFACE "${PROJECT_SOURCE_DIR}")
# -ffp-contract=off: a*b+c is one rounding only where the source says so (std::fma, hwy::MulAdd), so that every compiler and
# vector width gives the same bytes. The three -fno flags let loops vectorise without changing any result.
target_compile_options(tessera_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # GCC bug 105329: false alarms on std::string operator+
  -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(TESSERA_WERROR)
  target_compile_options(tessera_options INTERFACE -Werror)
endif()
if(TESSERA_SANITIZE)
  target_compile_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tessera_options INTERFACE -fsanitize=${TESSERA_SANITIZE})
endif()
if(TESSERA_COVERAGE)
  target_compile_options(tessera_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(tessera_options INTERFACE --coverage)
endif()

function(tessera_library room)
  add_library(tessera_${room} STATIC ${ARGN})
  add_library(tessera::${room} ALIAS tessera_${room})
  target_link_libraries(tessera_${room} PUBLIC tessera_options)
endfunction()

function(tessera_test name)
  cmake_parse_arguments(T "" "" "LABELS;LIBS;SOURCES" ${ARGN})
  add_executable(${name} ${T_UNPARSED_ARGUMENTS} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE tessera_test_support ${T_LIBS} GTest::gmock GTest::gtest GTest::gtest_main)
  include(GoogleTest)
  set(labels ${T_LABELS})
  if(NOT labels)
    set(labels quick)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${labels}" TIMEOUT 1200)
endfunction()
