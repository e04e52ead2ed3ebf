// The one loop: a step of a method, put together of its pieces.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "problems/finite_sum.hpp"
#include "problems/sums/sum_units.hpp"
#include "solvers/smooth/problem.hpp"

namespace nonconvex {

/// A run in single or in double precision.
class SumRun {
 public:
  virtual ~SumRun() = default;

  /// One step on one batch; false where the loss is no number.
  virtual bool step() = 0;
  virtual void writeAnswer(std::vector<double>& x) const = 0;
  virtual void writeLast(std::vector<double>& x) const = 0;
  virtual void writeState(std::vector<double>& state) = 0;

  /// The values of the step before.
  struct Sight {
    double loss = unknown;
    double eta = 0;
    double steps = 0, rows = 0, gradients = 0, products = 0;
    int batch = 0;
  };
  virtual Sight sight() const = 0;
  /// ||x - x_0|| of the last point, in the units in which steps are taken.
  virtual double distance() const = 0;
  virtual std::string warning() const = 0;
};

/// A run of the problem's sum by the method of the settings, from the start or the state.
template <class T>
std::unique_ptr<SumRun> makeRun(const Cpu& la, const MinimizeSumProblem& problem, const MinimizeSumSettings& settings,
                                std::unique_ptr<FiniteSum<T>> sum, const SumUnits& units);

/// Throws where a setting is given that the method does not use, with those that it does.
void requireUsed(const MinimizeSumSettings& settings);
/// The names of the pieces of a method.
std::string piecesOf(const SumPreset& preset, const MinimizeSumSettings& settings);

}  // namespace nonconvex
