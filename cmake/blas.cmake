# nonconvex_blas: the library behind native/linalg/blas.hpp.
add_library(nonconvex_blas INTERFACE)

if(NONCONVEX_BLAS STREQUAL "openblas")
  # The serial flavour: its own threads would hang a process that forks, and fight with our pool.
  if(NOT NONCONVEX_OPENBLAS)
    find_library(
      NONCONVEX_OPENBLAS_FOUND libopenblas.a
      PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial
      NO_DEFAULT_PATH)
    if(NOT NONCONVEX_OPENBLAS_FOUND)
      message(FATAL_ERROR "No serial OpenBLAS found. On Debian and Ubuntu: apt-get install libopenblas-serial-dev. "
                          "Elsewhere: -DNONCONVEX_OPENBLAS=/path/to/libopenblas.a or -DNONCONVEX_BLAS=system.")
    endif()
    set(library ${NONCONVEX_OPENBLAS_FOUND})
  else()
    set(library ${NONCONVEX_OPENBLAS})
  endif()
  message(STATUS "OpenBLAS: ${library}")
  # Before the library, so that its symbols win; see the file.
  add_library(nonconvex_openblas_memory OBJECT cmake/openblas/memory.cpp)
  target_link_libraries(nonconvex_openblas_memory PRIVATE nonconvex_flags)
  target_sources(nonconvex_blas INTERFACE $<TARGET_OBJECTS:nonconvex_openblas_memory>)
  target_link_libraries(nonconvex_blas INTERFACE ${library} m)
elseif(NONCONVEX_BLAS STREQUAL "accelerate")
  target_link_libraries(nonconvex_blas INTERFACE "-framework Accelerate")
elseif(NONCONVEX_BLAS STREQUAL "system")
  find_package(LAPACK REQUIRED)
  target_link_libraries(nonconvex_blas INTERFACE LAPACK::LAPACK)
else()
  message(FATAL_ERROR "NONCONVEX_BLAS=${NONCONVEX_BLAS}: expected openblas, accelerate or system")
endif()
