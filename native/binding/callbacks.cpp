#include "binding/callbacks.hpp"

#include <span>
#include <string>
#include <vector>

namespace nonconvex {
namespace {

std::vector<std::span<double>> sharedVectors(const Reader& in, const char* name,
                                             std::initializer_list<std::size_t> lengths) {
  const Reader list = in.object(name);
  const int count = list.integer("length");
  require(count == static_cast<int>(lengths.size()), list.pathOf("length"), count, "expected " + show(lengths.size()));
  std::vector<std::span<double>> shared;
  for (const std::size_t length : lengths) {
    const std::string place = show(shared.size());
    const std::span<const double> vector = list.vector(place.c_str());
    require(vector.size() >= length, list.pathOf(place.c_str()) + ".length", vector.size(),
            "expected at least " + show(length));
    shared.emplace_back(const_cast<double*>(vector.data()), length);  // JavaScript's memory, which both sides write
  }
  return shared;
}

}  // namespace

VectorFunction readVectorFunction(const Reader& in, const char* name, std::initializer_list<std::size_t> inputLengths,
                                  std::initializer_list<std::size_t> outputLengths) {
  const Reader function = in.object(name);
  return {.inputs = sharedVectors(function, "inputs", inputLengths),
          .outputs = sharedVectors(function, "outputs", outputLengths),
          .call = function.function("call")};
}

}  // namespace nonconvex
