// The linear system of a step of Newton's method on the active neurons and cone constraints.
#pragma once

#include <optional>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// The system (I + B B^T W) df = r of ReluActiveSetNewton, where W is the second derivative of the loss. B has columns
/// for the free dimensions of the active neurons at the last v of the proximal step.
class ReluNewtonSystem {
 public:
  using In = Mat<const double>;

  /// All must outlive this.
  ReluNewtonSystem(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, const ReluProx<Cpu>& prox);

  /// Tries single precision again, which was given up where it was not enough.
  void start() { singleIsEnough_ = true; }
  /// direction := df at predictions f with residual r = F v - f. Returns the derivative of the merit function along it;
  /// nothing where the matrix has no factor.
  std::optional<double> solve(In f, In residual, double rho, Mat<double> direction);

  /// How many of ADMM's iterations the next solve takes the time of, and the bytes that it needs.
  double iterations();
  double bytes();

 private:
  struct Tuning;
  /// A neuron: a column of the weights that is not zero, and the columns of its output's part of B that it has.
  struct Active {
    int column, begin, size;
  };
  /// The neurons of one output.
  struct Part {
    int first = 0, count = 0;  // places in `active_`
    int columns = 0;           // columns of B
  };

  void listActive();
  void writeCurvature(In f);
  void writeColumns(const Part& part, int output, Mat<double> b);
  void writeFree(int column, Mat<double> free, double* work) const;
  bool solveOutput(int output, In residual, Mat<double> direction);
  bool solveCoupled(In residual, Mat<double> direction);
  void times(In b, Vec<const double> x, Mat<double> image) const;
  void timesTransposed(In b, In image, Vec<double> x) const;
  template <class T>
  Mat<T> coupledMatrix(In b, HostBuffer<T>& room, HostBuffer<T>& matrix);
  bool solveInSingle(In b, Vec<double> x);
  template <class T>
  bool factor(Mat<T> m) const;
  template <class T>
  Mat<T> view(HostBuffer<T>& buffer, int rows, int cols);

  const Cpu& la_;
  const ReluData& data_;
  const ReluMap<Cpu>& map_;
  const ReluProx<Cpu>& prox_;
  double rho_ = 1;
  double slope_ = 0;            // slope of the merit function along the direction
  bool singleIsEnough_ = true;  // single precision suffices for the systems of coupled outputs
  HostMatrix<double> s_;        // n x c: square roots of W's diagonal
  HostMatrix<double> product_;  // n x c: B times something
  std::vector<Active> active_;  // neurons, ordered by output
  std::vector<Part> parts_;     // the part of each output
  HostBuffer<double> free_, columns_, weighted_, matrix_, work_, rhs_, image_;
  HostBuffer<float> singleColumns_, singleMatrix_, singleRhs_;
};

}  // namespace nonconvex
