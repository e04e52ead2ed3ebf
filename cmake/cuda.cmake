# The CUDA backend; see docs/cuda.md.

# What g++ compiles: the class, which takes the libraries' functions from tables.
add_library(nonconvex_cuda_class STATIC EXCLUDE_FROM_ALL cuda/cuda.cpp cuda/devices.cpp cuda/tables.cpp)
target_include_directories(nonconvex_cuda_class PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(nonconvex_cuda_class PUBLIC nonconvex_core ${CMAKE_DL_LIBS})
nonconvex_precompiled(nonconvex_cuda_class REUSE_FROM nonconvex_core)

# For tests, a device that is simulated, with shared libraries that stand for NVIDIA's.
option(NONCONVEX_SIMULATED_DEVICE "The tests of the simulated device" ON)
if(NONCONVEX_TESTS AND NONCONVEX_SIMULATED_DEVICE)
  set(substitutes ${CMAKE_BINARY_DIR}/substitutes)
  # The solvers of a device by g++, whose kernels are loops.
  file(GLOB kernels CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} cuda/solvers/*.cu)
  set(simulated_solvers "")
  foreach(file IN LISTS kernels)
    string(REGEX REPLACE "[.]cu$" ".cpp" copy ${CMAKE_BINARY_DIR}/simulated/${file})
    file(CONFIGURE OUTPUT ${copy} CONTENT "#include \"${file}\"\n")
    list(APPEND simulated_solvers ${copy})
  endforeach()
  add_library(nonconvex_cuda_simulated STATIC EXCLUDE_FROM_ALL test/cuda/simulated_device.cpp ${simulated_solvers})
  target_include_directories(nonconvex_cuda_simulated PUBLIC test/cuda)
  target_compile_definitions(nonconvex_cuda_simulated PRIVATE NONCONVEX_SUBSTITUTES="${substitutes}")
  target_link_libraries(nonconvex_cuda_simulated PUBLIC nonconvex_cuda_class)
  nonconvex_for_tests(nonconvex_cuda_simulated)
  foreach(library cublas.so.13 cusolver.so.12)
    string(REGEX MATCH "^[a-z]+" name ${library})
    add_library(substitute_${name} MODULE EXCLUDE_FROM_ALL test/cuda/substitute_${name}.cpp)
    string(REPLACE ${name} "" suffix ${library})
    set_target_properties(
      substitute_${name} PROPERTIES OUTPUT_NAME ${name} SUFFIX ${suffix} LIBRARY_OUTPUT_DIRECTORY ${substitutes})
    target_include_directories(substitute_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(substitute_${name} PRIVATE nonconvex_flags)
    add_dependencies(nonconvex_cuda_simulated substitute_${name})
  endforeach()
endif()

if(NOT NONCONVEX_CUDA)
  return()
endif()

# What nvcc compiles: the solvers' kernels, for compute capability 8.0 and 9.0, and PTX for later ones. The runtime is
# linked statically; cuBLAS and cuSOLVER are loaded when they are needed. Part of no default target.
if(NONCONVEX_NVCC AND NOT CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_COMPILER ${NONCONVEX_NVCC})
endif()
enable_language(CUDA)
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(NONCONVEX_CUDA_HOST_OPTIMIZATION -O3 CACHE STRING "How nvcc has the host's part of its files optimized")
set(CMAKE_CUDA_FLAGS_RELEASE "${NONCONVEX_CUDA_HOST_OPTIMIZATION} -DNDEBUG")
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(NONCONVEX_CUDA_ARCHITECTURES 80-real 90 CACHE STRING "What nvcc compiles for, as CMAKE_CUDA_ARCHITECTURES has it")
set(CMAKE_CUDA_ARCHITECTURES ${NONCONVEX_CUDA_ARCHITECTURES})
file(GLOB kernels CONFIGURE_DEPENDS cuda/*.cu cuda/solvers/*.cu)
add_library(nonconvex_cuda STATIC EXCLUDE_FROM_ALL ${kernels})
# 554: a conversion that a concept excludes is no mistake; 836: nor is a reference, out of a lambda, to what it captures.
# -Wparentheses: what nvcc hands to g++ is its own writing.
target_compile_options(
  nonconvex_cuda
  PUBLIC $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr
         -diag-suppress=554,836
         -Xcompiler=-Wall,-Wextra,-Wno-parentheses,-fno-math-errno
         $<$<BOOL:${NONCONVEX_WERROR}>:-Werror=all-warnings
         -Xcompiler=-Werror>>)
target_link_libraries(nonconvex_cuda PUBLIC nonconvex_cuda_class)

add_executable(nonconvex_cuda_check EXCLUDE_FROM_ALL cuda/check/check.cu)
target_link_libraries(nonconvex_cuda_check PRIVATE nonconvex_cuda)
