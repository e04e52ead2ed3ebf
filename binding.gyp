{
  # The same addon as CMakeLists.txt builds, for those who have node-gyp and no CMake: npm run build:gyp.
  'variables': {
    'openblas%': '<!(node scripts/gyp.mjs --openblas)',
  },
  'targets': [
    {
      'target_name': 'nonconvex',
      'sources': ['<!@(node scripts/gyp.mjs --sources)'],
      'include_dirs': ['native', '<!(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', 'NDEBUG'],
      'cflags!': ['-fno-exceptions'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20', '-std=c++17'],
      'cflags': ['-O3', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections', '-fno-math-errno'],
      'cflags_cc': ['-std=c++20', '-fexceptions', '-fvisibility-inlines-hidden'],
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
