// Any integers and numbers as the message of a model from TypeScript: parsed, compiled and evaluated, or refused by an
// error of the library.
#include <algorithm>

#include "core/error.hpp"
#include "expressions/fuzzed_model.hpp"
#include "fuzz/bytes.hpp"

using namespace nonconvex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  const int variables = bytes.next<std::uint8_t>();
  const int objective = bytes.next<std::int8_t>();
  const std::vector<double> parameters = bytes.list<double>(), numbers = bytes.list<double>();
  const std::vector<std::int8_t> constraints = bytes.list<std::int8_t>();
  std::vector<ConstantMatrix> matrices;
  matrices.emplace_back(2, 3, std::vector<double>{1, 2, 3, 4, 5, 6});
  matrices.emplace_back(
      SparseMatrix{.rows = 3, .columns = 2, .values = {1, -1}, .offsets = {0, 1, 1, 2}, .indices = {0, 1}});
  // Small integers are what a mutation can make something of; a byte is one, unless it is the mark of a large one.
  std::vector<std::int32_t> code;
  for (const std::vector<std::int8_t> rest = bytes.rest<std::int8_t>(); const std::int8_t byte : rest) {
    code.push_back(byte == -128 ? std::int32_t{1} << 30 : byte);
  }
  try {
    Graph graph = Graph::parse(variables, parameters, code, numbers, std::move(matrices));
    if (!fuzz::small(graph)) return 0;
    if (objective >= 0) graph.minimize(objective);
    for (const std::int8_t node : constraints) graph.equalZero(node);
    fuzz::evaluate(graph, std::vector<double>(static_cast<std::size_t>(variables), 0.3));
  } catch (const Error&) {
  }
  return 0;
}
