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
  set(replaced cmake/openblas/memory.cpp)
  if(CMAKE_CROSSCOMPILING AND NOT WIN32)  # for another C library than OpenBLAS was compiled with
    list(APPEND replaced cmake/openblas/c_library.c)
  endif()
  if(WIN32)  # where no symbol is weak, so that native/binding/kernels.cpp cannot ask the linker
    target_compile_definitions(nonconvex_blas INTERFACE NONCONVEX_OPENBLAS)
  endif()
  add_library(nonconvex_openblas_memory OBJECT ${replaced})
  target_link_libraries(nonconvex_openblas_memory PRIVATE nonconvex_flags)
  # OpenBLAS has kernels for twenty processors, 27 MB. Test programs, targets with the property NONCONVEX_SHARED_BLAS, share
  # one copy of what blas.hpp declares; everything else contains its own.
  set(shared $<BOOL:$<TARGET_PROPERTY:NONCONVEX_SHARED_BLAS>>)
  target_sources(nonconvex_blas INTERFACE $<$<NOT:${shared}>:$<TARGET_OBJECTS:nonconvex_openblas_memory>>)
  target_link_libraries(nonconvex_blas INTERFACE $<IF:${shared},nonconvex_shared_blas,${library}> m)
  add_library(nonconvex_shared_blas SHARED EXCLUDE_FROM_ALL $<TARGET_OBJECTS:nonconvex_openblas_memory>)
  set_target_properties(nonconvex_shared_blas PROPERTIES LINKER_LANGUAGE CXX LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  target_link_libraries(nonconvex_shared_blas PRIVATE nonconvex_flags ${library} m)
  file(READ native/linalg/blas.hpp declarations)
  string(REGEX MATCHALL "p##[a-z0-9]+_\\(const" routines "${declarations}")
  foreach(routine IN LISTS routines)
    string(REGEX REPLACE "p##(.*)\\(const" "\\1" routine ${routine})
    target_link_options(nonconvex_shared_blas PRIVATE LINKER:--undefined=d${routine} LINKER:--undefined=s${routine})
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS native/linalg/blas.hpp)
elseif(NONCONVEX_BLAS STREQUAL "accelerate")
  target_link_libraries(nonconvex_blas INTERFACE "-framework Accelerate")
elseif(NONCONVEX_BLAS STREQUAL "portable")
  add_library(nonconvex_portable_blas STATIC cmake/portable/blas.cpp)
  target_link_libraries(nonconvex_portable_blas PRIVATE nonconvex_flags)
  target_link_libraries(nonconvex_blas INTERFACE nonconvex_portable_blas)
elseif(NONCONVEX_BLAS STREQUAL "system")
  find_package(LAPACK REQUIRED)
  target_link_libraries(nonconvex_blas INTERFACE LAPACK::LAPACK)
else()
  message(FATAL_ERROR "NONCONVEX_BLAS=${NONCONVEX_BLAS}: expected openblas, accelerate, system or portable")
endif()
