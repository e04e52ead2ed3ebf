// Files by the C library: the streams of C++ bring its locales into the binary, a thirtieth of its size.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nonconvex {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Null where the file cannot be opened; `mode` is that of fopen.
inline File openFile(const std::string& path, const char* mode) { return File(std::fopen(path.c_str(), mode)); }

bool isFolder(const std::string& path);

/// The lines of a file, without their ends, at most `count`; none where it cannot be read.
std::vector<std::string> linesOf(const std::string& path, std::size_t count = std::string::npos);

/// The words of a file between white space; none if it cannot be read.
std::vector<std::string> wordsOf(const std::string& path);

/// The integer that a word is, otherwise `fallback`.
double integerOr(double fallback, std::string_view word);

}  // namespace nonconvex
