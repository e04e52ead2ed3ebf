#include "model/sol_writer.hpp"

#include <array>
#include <charconv>
#include <fstream>

#include "core/error.hpp"

namespace nonconvex {

namespace {

void append(std::string& out, double value) {
  std::array<char, 64> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  out += '\n';
}

}  // namespace

std::string solText(const NlModel& model, const SolResult& result) {
  std::string out;
  // An empty line ends the message: none may be within it.
  std::string line;
  for (const char c : result.message + '\n') {
    if (c != '\n') {
      if (c != '\r') line += c;
      continue;
    }
    if (!line.empty()) out += line + '\n';
    line.clear();
  }
  out += "\nOptions\n" + std::to_string(model.options.size()) + '\n';
  for (const int option : model.options) out += std::to_string(option) + '\n';
  const std::size_t m = model.multipliers.size();
  const std::size_t n = model.modelVariable.size();
  const bool haveX = result.x.size() == model.start.size();
  const bool haveDuals = result.multipliers.size() == m;
  for (const std::size_t count : {m, haveDuals ? m : 0, n, haveX ? n : 0}) out += std::to_string(count) + '\n';
  if (haveDuals) {
    for (const double lambda : result.multipliers) append(out, model.maximise ? lambda : -lambda);
  }
  for (std::size_t k = 0; haveX && k < n; ++k) {
    const int to = model.modelVariable[k];
    append(out, to < 0 ? model.fixedValues[k] : result.x[static_cast<std::size_t>(to)]);
  }
  out += "objno 0 " + std::to_string(result.code) + '\n';
  return out;
}

void writeSol(const std::string& path, const NlModel& model, const SolResult& result) {
  const std::string text = solText(model, result);
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) throw Error(ErrorKind::solver, "cannot write " + show(path), "WRITE_FAILED");
}

}  // namespace nonconvex
