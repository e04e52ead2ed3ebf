#include "binding/callbacks.hpp"

#include <span>
#include <utility>
#include <vector>

namespace nonconvex {
namespace {

std::vector<SharedVector> sharedVectors(const Reader& in, const char* name,
                                        std::initializer_list<std::size_t> lengths) {
  const Reader list = in.object(name);
  const int count = list.integer("length");
  require(count == static_cast<int>(lengths.size()), list.pathOf("length"), count, "expected " + show(lengths.size()));
  std::vector<SharedVector> shared;
  for (const std::size_t length : lengths) shared.push_back(list.sharedVector(show(shared.size()).c_str(), length));
  return shared;
}

std::vector<std::span<double>> memoryOf(const std::vector<SharedVector>& vectors) {
  std::vector<std::span<double>> memory;
  for (const SharedVector& vector : vectors) memory.push_back(vector.memory);
  return memory;
}

}  // namespace

VectorFunction readVectorFunction(const Reader& in, const char* name, std::initializer_list<std::size_t> inputLengths,
                                  std::initializer_list<std::size_t> outputLengths) {
  const Reader function = in.object(name);
  std::vector<SharedVector> reads = sharedVectors(function, "inputs", inputLengths);
  std::vector<SharedVector> writes = sharedVectors(function, "outputs", outputLengths);
  return {.inputs = memoryOf(reads),
          .outputs = memoryOf(writes),
          .call = function.function("call", std::move(reads), std::move(writes))};
}

}  // namespace nonconvex
