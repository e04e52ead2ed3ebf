// Neurons of a network on the scaled data, their objective, and its minimisation by gradients.
#pragma once

#include <cstdint>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "linalg/long_product.hpp"
#include "problems/functions.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// f_k(x) = the sum of alpha_j (u_j . x)_+ over the neurons j of output k, on rows x of the scaled data.
struct ReluNeurons {
  HostMatrix<double> directions;       ///< d x m: column j is u_j
  HostBuffer<double> weights;          ///< alpha_j
  std::vector<std::int32_t> outputs;   ///< the output that neuron j belongs to
  std::vector<std::int32_t> patterns;  ///< its number in a ReluPatternTable; -1: that of u_j itself

  int count() const { return static_cast<int>(outputs.size()); }
  bool empty() const { return outputs.empty(); }
  /// ||u_j|| |alpha_j|, the norm of its weight in the convex program.
  double size(int j) const;

  static ReluNeurons ofSize(int d, int m);
  ReluNeurons copy() const;
  /// These and those of another network.
  ReluNeurons with(const ReluNeurons& others) const;
  /// The neurons that are listed.
  ReluNeurons only(const std::vector<int>& list) const;
  /// ||u_j|| = |alpha_j|, which is the least penalty of the same function.
  void balance();

  /// (u_1, ..., u_m, alpha), the variables of the network's objective; and back.
  HostBuffer<double> variables() const;
  void setVariables(const HostBuffer<double>& x);
};

/// A column w of a solution's weights that makes a neuron of its network: u = w / root, or -w / root if `flipped`,
/// alpha = sign root.
struct NeuronSource {
  int column;
  int pattern;
  int output;
  double root;
  double sign;
  bool flipped = false;
};

/// Writes the network of a solution whose weights are written.
void writeNetwork(const ReluData& data, const std::vector<NeuronSource>& neurons, ReluSolution& s);

/// z := weight theta where z > 0, else 0; returns theta . z_+.
double pullBack(int n, double weight, const double* theta, double* z);

/// loss(f, y) + (lambda / 2) sum_j (||u_j||^2 + alpha_j^2), the objective of networks on the scaled data.
class ReluNetworkObjective {
 public:
  ReluNetworkObjective(const Cpu& la, const ReluData& data) : ReluNetworkObjective(la, data, data.xt) {}
  /// About rows in other coordinates, a column of `xt` a row.
  ReluNetworkObjective(const Cpu& la, const ReluData& data, Mat<const double> xt) : la_(la), data_(data), xt_(xt) {}

  /// The neurons that x is about: their outputs.
  void setOutputs(const std::vector<std::int32_t>& outputs);
  int variables() const { return (xt_.rows + 1) * count(); }

  /// The objective at x = (u_1, ..., u_m, alpha), and its gradient; at kinks, that of the side where a neuron is off.
  double value(In x);
  double gradient(In x, Out g);

  double value(const ReluNeurons& neurons);
  /// f, n x c, at the last x.
  Mat<const double> predictions() const { return f_; }
  /// Minus the gradient of the loss at f, n x c.
  Mat<const double> residual() const { return theta_; }

 private:
  struct Tuning;

  int count() const { return static_cast<int>(outputs_.size()); }
  double predict(const double* x);

  const Cpu& la_;
  const ReluData& data_;
  Mat<const double> xt_;
  std::vector<std::int32_t> outputs_;
  HostMatrix<double> hidden_;     // n x m
  HostMatrix<double> f_, theta_;  // n x c
  std::vector<double> losses_;    // sum of the losses in each chunk of rows
  LongProduct slopes_;            // X^T times what goes back through the hidden layer
};

/// Descends from the neurons to a local minimum: L-BFGS, at most `iterations` iterations, and no further than the
/// monitor of `la` allows. With far more columns than rows, in the span of the rows, where all minimisers are. Returns
/// the objective.
double descend(const Cpu& la, const ReluData& data, ReluNeurons& neurons, int iterations);

/// Random neurons, about as many of each sign and output, for a first descent.
ReluNeurons randomNeurons(const ReluData& data, int count, std::uint64_t seed);

/// `count` directions of unit length, normal before that, in which the bias weighs as a column of the data.
HostMatrix<double> randomDirections(const ReluData& data, int count, std::uint64_t seed);

}  // namespace nonconvex
