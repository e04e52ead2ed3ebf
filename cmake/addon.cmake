# The Node addons: native/binding on top of the library.
set(modules ${CMAKE_CURRENT_SOURCE_DIR}/node_modules)
if(EMSCRIPTEN)
  set(CMAKE_JS_INC ${modules}/emnapi/include/node ${modules}/node-addon-api)
endif()
if(NOT CMAKE_JS_INC)
  set(CMAKE_JS_INC ${modules}/node-api-headers/include ${modules}/node-addon-api)
endif()
include(CheckSymbolExists)
check_symbol_exists(__GLIBC__ features.h NONCONVEX_GLIBC)
include(CheckSourceCompiles)
check_source_compiles(
  C "extern int __cpu_indicator_init(void); int main(void) { return __cpu_indicator_init(); }" NONCONVEX_KNOWS_PROCESSOR)

# What every addon has is compiled once for all of them: objects, since what registers itself is called by nobody.
file(GLOB binding CONFIGURE_DEPENDS native/binding/*.cpp)
list(FILTER binding EXCLUDE REGEX /addon\\.cpp$)
nonconvex_groups(binding ${groups} OFF ${binding})
add_library(nonconvex_binding OBJECT ${binding})
target_include_directories(nonconvex_binding SYSTEM PUBLIC ${CMAKE_JS_INC})
# A worker that is being terminated fails every call into JavaScript, which must not end the process.
target_compile_definitions(nonconvex_binding PUBLIC NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
target_link_libraries(nonconvex_binding PUBLIC nonconvex_core)
if(EMSCRIPTEN)  # Node-API by emnapi, compiled here: its own archive asks for a later Emscripten than Debian's
  add_subdirectory(${modules}/emnapi ${CMAKE_BINARY_DIR}/emnapi EXCLUDE_FROM_ALL)
  set_target_properties(emnapi-basic PROPERTIES C_EXTENSIONS ON)
  target_compile_definitions(nonconvex_binding PUBLIC BUILDING_NODE_EXTENSION
                             "NAPI_EXTERN=__attribute__((__import_module__(\"env\")))")
endif()
if(WIN32 AND NOT CMAKE_JS_LIB)  # cross-compiled
  target_compile_definitions(nonconvex_binding PUBLIC BUILDING_NODE_EXTENSION)
  file(STRINGS ${modules}/node-api-headers/def/node_api.def names REGEX "^(napi|node_api)_")
  list(JOIN names ") X(" names)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/node_api/node_api_names.h CONTENT "#define NODE_API_FUNCTIONS(X) X(${names})\n")
  add_library(nonconvex_node_api OBJECT cmake/windows/node_api.c)
  target_include_directories(nonconvex_node_api PRIVATE ${CMAKE_BINARY_DIR}/node_api)
  target_link_libraries(nonconvex_node_api PRIVATE nonconvex_flags)
endif()
# The binding reads and writes values once a solve, so that g++ need not optimize it more.
set(nonconvex_once "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(nonconvex_once $<$<CONFIG:Release>:-O2>)
endif()
target_compile_options(nonconvex_binding PRIVATE ${nonconvex_hardened} ${nonconvex_smaller} ${nonconvex_once})
nonconvex_precompiled(nonconvex_binding PRIVATE ${nonconvex_standard_library} <napi.h>)
# With a sanitizer it is built by name only: Node needs LD_PRELOAD of the sanitizer's library.
set(sanitized OFF)
if(NONCONVEX_SANITIZE)
  set(sanitized ON)
endif()
set_target_properties(nonconvex_binding PROPERTIES EXCLUDE_FROM_ALL ${sanitized})

# One module of JavaScript, `name`.mjs, which loads `name`.wasm beside it.
function(nonconvex_wasm_addon name)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX .mjs RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/Release)
  target_link_libraries(${name} PRIVATE nonconvex_binding emnapi-basic)
  target_link_options(
    ${name}
    PRIVATE
    -O1  # the compiler has optimized: more would need tools of Emscripten that Debian's package leaves out
    "SHELL:-s EXPORTED_FUNCTIONS=_malloc,_free,_napi_register_wasm_v1,_node_api_module_get_api_version_v1"
    "SHELL:-s EXPORTED_RUNTIME_METHODS=emnapiInit"
    "SHELL:-s MODULARIZE=1"
    "SHELL:-s EXPORT_ES6=1"
    "SHELL:-s ENVIRONMENT=web,worker"
    "SHELL:-s ALLOW_MEMORY_GROWTH=1"
    "SHELL:-s MAXIMUM_MEMORY=2GB"
    "SHELL:-s STACK_SIZE=4MB"
    "SHELL:-s WASM_BIGINT=1"
    "SHELL:-s FILESYSTEM=0")
endfunction()

function(nonconvex_addon name exports)
  if(EMSCRIPTEN)
    nonconvex_wasm_addon(${name} ${ARGN})
    return()
  endif()
  add_library(${name} MODULE ${ARGN} ${CMAKE_JS_SRC})
  set_source_files_properties(cmake/glibc-compat.c cmake/processor.c cmake/demangle.c PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(NONCONVEX_GLIBC AND NOT sanitized AND NOT CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|aarch64")
    target_sources(${name} PRIVATE cmake/glibc-compat.c)
  endif()
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND NOT NONCONVEX_KNOWS_PROCESSOR)
    target_sources(${name} PRIVATE cmake/processor.c)
  endif()
  if(CMAKE_CROSSCOMPILING)
    target_sources(${name} PRIVATE cmake/demangle.c)
  endif()
  if(TARGET nonconvex_node_api)
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:nonconvex_node_api>)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX .node EXCLUDE_FROM_ALL ${sanitized})
  if(NOT CMAKE_LIBRARY_OUTPUT_DIRECTORY)  # cmake-js sets it
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/Release)
  endif()
  target_link_libraries(${name} PRIVATE nonconvex_binding ${CMAKE_JS_LIB})
  if(APPLE)
    target_link_options(${name} PRIVATE -undefined dynamic_lookup -Wl,-dead_strip)
  elseif(WIN32)
    target_link_options(${name} PRIVATE -static -s)  # with debug information nothing would be left out
  elseif(CMAKE_CROSSCOMPILING)  # by Zig, which links its own C++ library, statically
    target_link_options(${name} PRIVATE -s -Wl,--gc-sections -Wl,-z,nodelete -Wl,-z,now
                        -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/${exports})
  else()
    # libgcc_s stays shared: Node itself needs it, and a static one would need glibc 2.35.
    # now: a symbol that is missing fails the load, not a solve. nodelete: a worker_thread that ends must not unload
    # the code which our own threads run.
    # A sanitizer replaces functions of a shared libstdc++.
    target_link_options(
      ${name}
      PRIVATE
      $<$<NOT:$<BOOL:${sanitized}>>:-static-libstdc++>
      -Wl,--exclude-libs,ALL
      -Wl,--gc-sections
      -Wl,-z,nodelete
      -Wl,-z,now
      -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/${exports})
  endif()
endfunction()

# One file a family of solvers, and one a verb in the folder of its family.
file(GLOB entries CONFIGURE_DEPENDS native/binding/entries/*.cpp)
file(GLOB verbs CONFIGURE_DEPENDS native/binding/entries/*/*.cpp)
nonconvex_groups(verbs ${groups} OFF ${verbs})
nonconvex_addon(nonconvex cmake/exports.map native/binding/addon.cpp ${entries} ${verbs})
# Entries call their solver once, so that g++ makes them small. They have no precompiled headers: of Node's it would leave copies in each.
target_compile_options(nonconvex PRIVATE ${nonconvex_hardened} ${nonconvex_smaller} $<$<BOOL:${nonconvex_once}>:-Os>)

# The CUDA addon, part of no default target, and the same on the simulated device for tests. What both have is compiled once.
if(TARGET nonconvex_cuda_class)
  file(GLOB cuda_entries CONFIGURE_DEPENDS cuda/solvers/*.cpp)
  add_library(nonconvex_cuda_entries OBJECT EXCLUDE_FROM_ALL cuda/device_list.cpp ${cuda_entries})
  target_link_libraries(nonconvex_cuda_entries PRIVATE nonconvex_binding nonconvex_cuda_class)
  set(cuda_entries $<TARGET_OBJECTS:nonconvex_cuda_entries>)
endif()
if(TARGET nonconvex_cuda)
  nonconvex_addon(nonconvex-cuda cmake/exports.map cuda/addon.cpp ${cuda_entries})
  set_target_properties(nonconvex-cuda PROPERTIES EXCLUDE_FROM_ALL TRUE)
  target_link_libraries(nonconvex-cuda PRIVATE nonconvex_cuda)
endif()
if(TARGET nonconvex_cuda_simulated)
  nonconvex_addon(nonconvex-cuda-simulated test/cuda/exports.map test/cuda/addon.cpp ${cuda_entries}
                  $<TARGET_OBJECTS:nonconvex_cuda_simulated>)
  target_compile_options(nonconvex-cuda-simulated PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(nonconvex-cuda-simulated PRIVATE nonconvex_cuda_simulated)
endif()

# Solvers of every kind that the outer contract is for, which tests alone have.
if(NONCONVEX_TESTS)
  file(GLOB toys CONFIGURE_DEPENDS test/toys/*.cpp)
  nonconvex_groups(toys ${CMAKE_BINARY_DIR}/groups OFF ${toys})
  nonconvex_addon(nonconvex-toys cmake/exports.map native/binding/addon.cpp ${toys})
  target_compile_options(nonconvex-toys PRIVATE $<$<CONFIG:Release>:-O1>)
endif()
