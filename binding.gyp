{
  # The same addon as CMakeLists.txt builds, for those who have node-gyp and no CMake: npm run build:gyp.
  'variables': {
    'openblas%': '<!(node scripts/gyp.mjs --openblas)',
  },
  'targets': [
    {
      'target_name': 'nonconvex',
      'sources': ['<!@(node scripts/gyp.mjs --sources)'],
      # Node's headers are those of the package node-api-headers, as CMake takes them; see scripts/gyp.mjs.
      'include_dirs': ['native'],
      'include_dirs!': [
        '<(node_root_dir)/include/node',
        '<(node_root_dir)/src',
        '<(node_root_dir)/deps/openssl/config',
        '<(node_root_dir)/deps/openssl/openssl/include',
        '<(node_root_dir)/deps/uv/include',
        '<(node_root_dir)/deps/zlib',
        '<(node_root_dir)/<(node_engine_include_dir)',
      ],
      'defines': ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NDEBUG'],
      'defines!': ['_FILE_OFFSET_BITS=64', '_LARGEFILE_SOURCE'],
      # Node's own flags are taken out: those of CMake are enough.
      'cflags!': ['-fPIC', '-pthread', '-Wall', '-Wextra', '-Wno-unused-parameter', '-O3', '-m64', '-fno-omit-frame-pointer'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20', '-std=c++17'],
      'cflags_c': ['<!@(node scripts/gyp.mjs --flags c11)'],
      'cflags_cc': ['<!@(node scripts/gyp.mjs --flags c++20)'],
      'conditions': [
        [
          'OS=="linux"',
          {
            'libraries': ['<(openblas)'],
            'ldflags': [
              '-static-libstdc++',
              '-Wl,--exclude-libs,ALL',
              '-Wl,--gc-sections',
              '-Wl,-z,nodelete',
              '-Wl,-z,now',
              '-Wl,--version-script=<(module_root_dir)/cmake/exports.map',
            ],
          },
        ],
        [
          'OS=="mac"',
          {
            'libraries': ['-framework Accelerate'],
            'xcode_settings': {
              'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
              'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
              'GCC_ENABLE_CPP_RTTI': 'YES',
              'GCC_OPTIMIZATION_LEVEL': '3',
              'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
              'OTHER_CFLAGS': ['-fno-math-errno'],
            },
          },
        ],
      ],
    },
  ],
}
