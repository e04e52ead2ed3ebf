// Functions of vectors that a caller computes, in memory that both sides share.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

namespace nonconvex {

/// Reads vectors and a few numbers, and writes vectors and returns a number. Several functions may share their memory.
struct VectorFunction {
  std::vector<std::span<double>> inputs;   ///< what it reads
  std::vector<std::span<double>> outputs;  ///< what it writes
  std::function<double(std::initializer_list<double>)> call;

  /// Copies `arguments`, one for each of the inputs, into these, whatever earlier calls may have written there, and
  /// calls. The results lie in `outputs` until the next call of a function with the same memory.
  double operator()(std::initializer_list<std::span<const double>> arguments,
                    std::initializer_list<double> numbers = {}) const {
    auto input = inputs.begin();
    for (const std::span<const double> argument : arguments) {
      std::copy(argument.begin(), argument.end(), (input++)->begin());
    }
    return call(numbers);
  }
};

}  // namespace nonconvex
