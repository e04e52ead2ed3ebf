// Networks of dense layers with ReLUs between them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "solvers/discrete/certifyNetwork/problem.hpp"

namespace nonconvex {

/// z = W a + b, a neuron a row of W.
struct DenseLayer {
  int inputs = 0, outputs = 0;
  int first = 0;  ///< number of the first neuron among all hidden ones
  std::span<const double> weights, biases;

  const double* row(int k) const { return weights.data() + at(k) * at(inputs); }
};

/// A linear function of the outputs that is to stay positive: constant + v.a over the last hidden neurons a.
struct Question {
  int number = 0;  ///< the other class; of numbers 2 output + (1 where the output is too small)
  double constant = 0;
  std::vector<double> v;
};

/// Hidden layers and an output layer. The problem must outlive this.
class DenseLayers {
 public:
  /// Throws a RangeError where sizes do not fit.
  explicit DenseLayers(const CertifyNetworkProblem& problem);
  /// The first `count` hidden layers of a network, with the next one as the output.
  DenseLayers(const DenseLayers& network, std::size_t count);

  int inputs() const { return hidden_.front().inputs; }
  int neurons() const { return neurons_; }
  int outputs() const { return output_.outputs; }
  std::span<const DenseLayer> hidden() const { return hidden_; }
  const DenseLayer& output() const { return output_; }

  /// z := the numbers in front of all ReLUs at x.
  void forward(std::span<const double> x, std::span<double> z) const;
  /// The outputs at the numbers z of `forward`.
  void outputs(std::span<const double> z, std::span<double> f) const;
  /// slope := the derivative in x of v.a, at the numbers z of `forward`. `work` is room for all neurons.
  void slope(std::span<const double> z, std::span<const double> v, std::span<double> slope,
             std::span<double> work) const;

 private:
  std::vector<DenseLayer> hidden_;
  DenseLayer output_;
  int neurons_ = 0;
};

/// out := W^T q
void multiplyTransposed(const DenseLayer& layer, std::span<const double> q, std::span<double> out);
double dot(const double* a, const double* b, int n);

/// The questions of a row: one for each other class, the runner-up alone, or two for each number. `f` has the outputs
/// at the row itself.
std::vector<Question> questionsOf(const CertifyNetworkProblem& problem, const DenseLayers& network, int row,
                                  CertifyClasses classes, std::span<const double> f);

}  // namespace nonconvex
