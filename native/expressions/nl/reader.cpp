#include "expressions/nl/reader.hpp"

#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/index.hpp"
#include "core/memory.hpp"
#include "expressions/nl/assembly.hpp"
#include "expressions/nl/segments.hpp"

namespace nonconvex {

namespace {

std::vector<std::string> readLines(const std::string& path, std::size_t count) {
  std::vector<std::string> lines = linesOf(path, count);
  for (std::string& line : lines) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
  }
  return lines.size() == count ? lines : std::vector<std::string>();
}

/// A file as it is, of at most `maxBytes`. A file that does not begin as an .nl file is not read to its end, since a
/// device has none.
std::vector<char> contentsOf(const std::string& path, double maxBytes) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  if (isFolder(path)) {
    throw Error(ErrorKind::solver, show(path) + " is a directory", "INVALID_FILE");
  }
  const File file = openFile(path, "rb");
  if (!file) throw Error(ErrorKind::solver, "cannot open " + show(path), "FILE_NOT_FOUND");
  std::vector<char> bytes;
  while (!std::feof(file.get()) && !std::ferror(file.get())) {
    const std::size_t before = bytes.size();
    bytes.resize(before + piece);
    bytes.resize(before + std::fread(bytes.data() + before, 1, piece, file.get()));
    if (!bytes.empty() && bytes[0] != 'g' && bytes[0] != 'b') break;  // the parser says what is wrong
    if (static_cast<double>(bytes.size()) <= maxBytes) continue;
    throw Error(
        ErrorKind::solver,
        show(path) + ": has more than " + show(maxBytes) + " bytes, as many as are read: maxBytes sets how many",
        "OUT_OF_MEMORY");
  }
  if (std::ferror(file.get())) throw Error(ErrorKind::solver, "cannot read " + show(path), "INVALID_FILE");
  return bytes;
}

}  // namespace

NlModel parseNl(std::span<const char> bytes, const std::string& name, NlOptions options) {
  return assembleNl(readNlContents(bytes, name, options.relaxIntegers), options.objective);
}

NlModel readNl(const std::string& path, NlOptions options) {
  // A model takes some ten times the memory of its text.
  const double most = std::isnan(options.maxBytes) ? std::floor(availableMemory() / 10) : options.maxBytes;
  const std::vector<char> bytes = contentsOf(path, most);
  NlModel model = parseNl(bytes, path, options);
  const std::string stub = path.ends_with(".nl") ? path.substr(0, path.size() - 3) : path;
  model.constraintNames = readLines(stub + ".row", model.multipliers.size());
  const std::vector<std::string> names = readLines(stub + ".col", model.modelVariable.size());
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (model.modelVariable[k] >= 0) model.variableNames.push_back(names[k]);
  }
  return model;
}

}  // namespace nonconvex
