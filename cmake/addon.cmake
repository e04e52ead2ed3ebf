# nonconvex.node: native/binding on top of the library.
set(modules ${CMAKE_CURRENT_SOURCE_DIR}/node_modules)
if(NOT CMAKE_JS_INC)
  set(CMAKE_JS_INC ${modules}/node-api-headers/include ${modules}/node-addon-api)
endif()

file(GLOB binding CONFIGURE_DEPENDS native/binding/*.cpp)
add_library(nonconvex MODULE ${binding} ${CMAKE_JS_SRC})
include(CheckSymbolExists)
check_symbol_exists(__GLIBC__ features.h NONCONVEX_GLIBC)
if(NONCONVEX_GLIBC AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|aarch64")
  target_sources(nonconvex PRIVATE cmake/glibc-compat.c)
endif()
set_target_properties(nonconvex PROPERTIES PREFIX "" SUFFIX .node)
if(NOT CMAKE_LIBRARY_OUTPUT_DIRECTORY)  # cmake-js sets it
  set_target_properties(nonconvex PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/Release)
endif()
target_include_directories(nonconvex SYSTEM PRIVATE ${CMAKE_JS_INC})
target_compile_definitions(nonconvex PRIVATE NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS)
target_link_libraries(nonconvex PRIVATE nonconvex_core ${CMAKE_JS_LIB})
if(APPLE)
  target_link_options(nonconvex PRIVATE -undefined dynamic_lookup -Wl,-dead_strip)
else()
  # libgcc_s stays shared: Node itself needs it, and a static one would need glibc 2.35.
  # now: a symbol that is missing fails the load, not a solve. nodelete: a worker_thread that ends must not unload
  # the code which our own threads run.
  target_link_options(
    nonconvex
    PRIVATE
    -static-libstdc++
    -Wl,--exclude-libs,ALL
    -Wl,--gc-sections
    -Wl,-z,nodelete
    -Wl,-z,now
    -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/cmake/exports.map)
endif()
