// What goes into and comes out of the training of two-layer ReLU networks.
#pragma once

#include <cstdint>
#include <vector>

#include "core/error.hpp"
#include "core/limits.hpp"
#include "linalg/views.hpp"
#include "solvers/relu/loss.hpp"

namespace nonconvex {

enum class ReluActivation { relu, gated };
enum class ReluMethod { admm, sampled };
enum class ReluSplitting { cone, slack };
enum class ReluCoupling { oneVsAll, frobenius };
enum class ReluNormalize { none, columns };
enum class ReluInner { automatic, exact, krylov };
enum class ReluPrecision { float64, float32 };

template <>
struct EnumNames<ReluActivation> {
  static constexpr std::string_view names[] = {"relu", "gated"};
};
template <>
struct EnumNames<ReluMethod> {
  static constexpr std::string_view names[] = {"admm", "sampled"};
};
template <>
struct EnumNames<ReluSplitting> {
  static constexpr std::string_view names[] = {"cone", "slack"};
};
template <>
struct EnumNames<ReluCoupling> {
  static constexpr std::string_view names[] = {"oneVsAll", "frobenius"};
};
template <>
struct EnumNames<ReluNormalize> {
  static constexpr std::string_view names[] = {"none", "columns"};
};
template <>
struct EnumNames<ReluInner> {
  static constexpr std::string_view names[] = {"auto", "exact", "krylov"};
};
template <>
struct EnumNames<ReluPrecision> {
  static constexpr std::string_view names[] = {"float64", "float32"};
};

struct ReluSettings : Limits {
  ReluSettings() {
    maxIterations = 10000;
    tolerance = 1e-4;
    checkInterval = 10;
  }

  ReluLoss loss = ReluLoss::squared;
  double huberDelta = 1;
  double beta = solverChooses;
  bool bias = true;
  bool regularizeBias = true;
  ReluNormalize normalize = ReluNormalize::none;
  ReluActivation activation = ReluActivation::relu;
  ReluCoupling coupling = ReluCoupling::oneVsAll;
  ReluMethod method = ReluMethod::admm;
  ReluSplitting splitting = ReluSplitting::cone;
  ReluInner inner = ReluInner::automatic;
  double rho = solverChooses;
  double relaxation = 1.8;
  ReluPrecision precision = ReluPrecision::float64;

  static constexpr auto fields() {
    using Self = ReluSettings;
    return std::tuple_cat(
        Limits::fields(),
        std::tuple{
            FIELD(loss, anyValue(),
                  "Loss of predictions f and targets y, summed over the rows: 1/2 (f - y)^2, log(1 + exp(-y f)), "
                  "max(0, 1 - y f), log sum exp(f) - f_y, or Huber's."),
            FIELD(huberDelta, positive(), "Where Huber's loss turns from quadratic to linear, in units of y."),
            FIELD(beta, positiveOr("0.001 n"), "Weight of the regulariser (beta / 2) sum_j (||u_j||^2 + alpha_j^2)."),
            FIELD(bias, anyValue(), "Append a constant column 1 to x, so that every hidden neuron has a bias."),
            FIELD(regularizeBias, anyValue(),
                  "Let the regulariser include the biases like any weight. If not, a bias counts as a hundredth of a "
                  "weight on data of the size of x: 0 would leave the program without a certificate."),
            FIELD(normalize, anyValue(),
                  "Divide each column of x by its Euclidean norm before training; the regulariser then acts on the "
                  "scaled weights."),
            FIELD(activation, anyValue(),
                  "ReLU neurons, or gated ones, 1[x g_j >= 0] (x u_j), which need no cone constraints."),
            FIELD(coupling, anyValue(),
                  "With several outputs: neurons of their own for each output, or groups of neurons that share one "
                  "output weight (Frobenius norm over the outputs)."),
            FIELD(method, anyValue(),
                  "ADMM on the convex reformulation, or a lasso on the output weights of fixed random hidden "
                  "directions."),
            FIELD(splitting, anyValue(),
                  "Where ADMM keeps the cone constraints: inside the proximal step (every iterate is feasible), or "
                  "relaxed by slack variables as published."),
            FIELD(inner, anyValue(),
                  "How the linear system of each iteration is solved: `exact` factors its matrix, `krylov` iterates "
                  "with a preconditioner and without the matrix, `auto` chooses by size and memory."),
            FIELD(rho, positiveOr("adaptive"), "Penalty of the augmented Lagrangian; fixed when given."),
            FIELD(relaxation, inside(0, 2), "Over-relaxation of ADMM; 1 is none."),
            FIELD(precision, anyValue(),
                  "Numbers of the iterations on a GPU; the CPU iterates in 'float64'. Objective, bound and network are "
                  "computed in 'float64' in any case.")});
  }
};
static_assert(sizeFromFields<ReluSettings>() == sizeof(ReluSettings));

/// A device has no projections onto cones by active sets.
inline void requireNoCones(const ReluSettings& settings) {
  if (settings.activation == ReluActivation::relu && settings.method == ReluMethod::admm &&
      settings.splitting == ReluSplitting::cone) {
    throw Error(ErrorKind::solver,
                "activation 'relu' with splitting 'cone' is solved on the CPU alone; on a GPU use activation 'gated', "
                "splitting 'slack' or method 'sampled'",
                "DEVICE_UNAVAILABLE");
  }
}

/// How activation patterns are had: `gates` if it has columns, all of them if `exact`, else `sample` random ones.
struct ReluPatterns {
  int sample = 50;
  bool exact = false;
  HostMatrix<double> gates;  ///< (d + bias) x P, one column a pattern, acting on x as given
};

/// An earlier solution to start from.
struct ReluWarmStart {
  HostMatrix<double> weights;  ///< as ReluSolution::weights; no columns when there is none
  HostMatrix<double> dual;     ///< as ReluSolution::dual
};

struct ReluProblem {
  int n = 0;                    ///< rows of x
  int d = 0;                    ///< columns of x
  const double* x64 = nullptr;  ///< row-major n x d; one of x64 and x32
  const float* x32 = nullptr;
  int outputs = 1;            ///< c
  const double* y = nullptr;  ///< row-major n x c: values, or -1/+1 (logistic, hinge), or rows of a simplex (softmax)
  ReluPatterns patterns;
  ReluWarmStart warmStart;
};

struct ReluSolution {
  // The network: f(x) = sum_j outputWeights_j (x . hiddenWeights_j + bias_j)_+, x divided by inputScale first.
  HostMatrix<double> hiddenWeights;   ///< d x m
  HostBuffer<double> biases;          ///< m; zeros without bias
  HostMatrix<double> outputWeights;   ///< m x c
  std::vector<std::int32_t> pattern;  ///< m: the pattern (column of gates) that neuron j came from
  HostBuffer<double> inputScale;      ///< d

  // The convex program: what a warm start needs.
  HostMatrix<double> gates;    ///< (d + bias) x P, acting on (x / inputScale, 1); the directions of `method: 'sampled'`
  HostMatrix<double> weights;  ///< (d + bias) x G convex weights: v (all patterns of output 0, 1, ...), then w
  HostMatrix<double> dual;     ///< n x c, feasible for the dual; `lowerBound` is its value

  double networkObjective = 0;  ///< of the network above, by a forward pass
  double gap = 0;               ///< (objective - lowerBound) / |objective|
  int activeNeurons = 0;        ///< m
  int patterns = 0;             ///< P
  bool global = false;          ///< the patterns are all that exist, so the certificate holds for the network
  double rho = 0;               ///< the last penalty
};

}  // namespace nonconvex
