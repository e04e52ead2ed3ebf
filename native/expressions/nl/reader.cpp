#include "expressions/nl/reader.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/nl/assembly.hpp"
#include "expressions/nl/segments.hpp"

namespace nonconvex {

namespace {

std::vector<std::string> readLines(const std::string& path, std::size_t count) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < count && std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
  }
  return lines.size() == count ? lines : std::vector<std::string>();
}

}  // namespace

NlModel parseNl(std::span<const char> bytes, const std::string& name, NlOptions options) {
  return assembleNl(readNlContents(bytes, name, options.relaxIntegers), options.objective);
}

NlModel readNl(const std::string& path, NlOptions options) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::solver, "cannot open " + show(path), "FILE_NOT_FOUND");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
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
