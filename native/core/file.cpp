#include "core/file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace nonconvex {

bool isFolder(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && (about.st_mode & S_IFMT) == S_IFDIR;
}

std::vector<std::string> linesOf(const std::string& path, std::size_t count) {
  std::vector<std::string> lines;
  const File file = openFile(path, "rb");
  if (!file || count == 0) return lines;
  std::string line;
  std::array<char, 4096> piece;
  for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), file.get())) > 0;) {
    for (const char c : std::string_view(piece.data(), got)) {
      if (c != '\n') {
        line += c;
        continue;
      }
      lines.push_back(std::move(line));
      line.clear();
      if (lines.size() == count) return lines;
    }
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> wordsOf(const std::string& path) {
  std::vector<std::string> words;
  for (const std::string& line : linesOf(path)) {
    constexpr std::string_view white = " \t\r";
    for (std::size_t begin = line.find_first_not_of(white); begin != std::string::npos;) {
      const std::size_t end = std::min(line.find_first_of(white, begin), line.size());
      words.push_back(line.substr(begin, end - begin));
      begin = line.find_first_not_of(white, end);
    }
  }
  return words;
}

double integerOr(double fallback, std::string_view word) {
  long long value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  return problem == std::errc() && end == word.data() + word.size() ? static_cast<double>(value) : fallback;
}

}  // namespace nonconvex
