#include "solvers/relu/refinement/batch_descent.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "core/multiversion.hpp"
#include "core/random.hpp"
#include "linalg/blas.hpp"
#include "sketching/permutations.hpp"

namespace nonconvex {
namespace {

struct AdamStep {
  struct Tuning {
    /// measured: The shares that the means of gradients and of their squares keep at a step, as Kingma and Ba have
    /// them.
    static constexpr float momentum = 0.9F, memory = 0.999F;
    /// rounding: The least root of a mean square that a step is divided by.
    static constexpr float least = 1e-8F;
  };

  float rate;           // corrected for the momentum's beginning
  float squares;        // 1 / the correction of the squares' beginning
  float shrinkage = 0;  // the derivative of the penalty at 1
};

/// A step from the gradient of the loss.
NONCONVEX_CLONES void adam(int n, AdamStep step, const float* gradient, float* first, float* second, float* x) {
  for (int i = 0; i < n; ++i) {
    const float g = gradient[i] + step.shrinkage * x[i];
    first[i] = AdamStep::Tuning::momentum * first[i] + (1 - AdamStep::Tuning::momentum) * g;
    second[i] = AdamStep::Tuning::memory * second[i] + (1 - AdamStep::Tuning::memory) * g * g;
    x[i] -= step.rate * first[i] / (std::sqrt(second[i] * step.squares) + AdamStep::Tuning::least);
  }
}

/// f += weight z_+
NONCONVEX_CLONES void addActive(int n, float weight, const float* z, float* f) {
  for (int i = 0; i < n; ++i) f[i] += z[i] > 0 ? weight * z[i] : 0.0F;
}

/// z := weight theta where z > 0, else 0; kept := z_+.
NONCONVEX_CLONES void pullBack(int n, float weight, const float* theta, float* __restrict z, float* __restrict kept) {
  for (int i = 0; i < n; ++i) {
    kept[i] = z[i] > 0 ? z[i] : 0.0F;
    z[i] = z[i] > 0 ? weight * theta[i] : 0.0F;
  }
}

NONCONVEX_CLONES void narrow(int n, const double* from, float* to) {
  for (int i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

/// Some neurons of one output, which a task deals with.
struct Chunk {
  int first;
  int count;
  int output;
};

double rootMeanSquare(std::size_t count, const double* values) {
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) squares += values[i] * values[i];
  return count > 0 ? std::sqrt(squares / static_cast<double>(count)) : 0;
}

/// Adam's means of the gradients, or of their squares.
struct Moments {
  HostMatrix<float> u;       // d x m
  std::vector<float> alpha;  // m
};

/// Root mean squares, or 1 if they are 0.
struct Units {
  double weights = 1, targets = 1;
};

/// Weights are in units of those at the beginning, and gradients of what follows from them and the data, so that
/// numbers are near 1 for data of any scale. With a bias, columns have their means subtracted, which the bias makes up
/// for: a common step of all weights, which means would give, could leave a neuron inactive on every row.
class BatchDescent {
 public:
  BatchDescent(const Cpu& la, const ReluData& data, const ReluNeurons& neurons, const BatchPlan& plan)
      : la_(la),
        data_(data),
        plan_(plan),
        rows_(std::min(plan.rows, data.n)),
        loss_(data.loss),
        order_(at(data.n)),
        x_(data.d, rows_),
        hidden_(rows_, neurons.count()),
        kept_(rows_, neurons.count()),
        partial_(rows_, neurons.count() / Tuning::neuronsOfChunk + data.c + 1),
        f_(rows_, data.c),
        y_(rows_, data.y.cols()),
        theta_(rows_, data.c),
        slopes_(rows_, data.c) {
    loss_.stride = rows_;
    std::iota(order_.begin(), order_.end(), 0);
    layOut(neurons);
    for (HostMatrix<float>* m : {&u_, &gradient_, &first_.u, &second_.u}) *m = HostMatrix<float>(data.d, count());
    for (std::vector<float>* v : {&alpha_, &first_.alpha, &second_.alpha}) v->assign(at(count()), 0.0F);
    const double weights = rootMeanSquare(neurons.directions.size(), neurons.directions.data());
    const double targets = rootMeanSquare(at(data.n * data.c), data.y.data());
    unit_ = {.weights = weights > 0 ? weights : 1, .targets = targets > 0 ? targets : 1};
    findMeans();
    for (int j = 0; j < count(); ++j) {
      const int from = own_[at(j)];
      for (int i = 0; i < data.d; ++i) u_(i, j) = static_cast<float>(neurons.directions(i, from) / unit_.weights);
      alpha_[at(j)] = static_cast<float>(neurons.weights[at(from)] / unit_.weights);
      if (data.bias) u_(inputs(), j) += blas::dot(inputs(), means_.data(), u_.column(j));
    }
  }

  void run() {
    const Stopwatch watch;
    for (int step = 0; step < plan_.steps && !la_.ending(); ++step) {
      const double done = std::max((step + 0.5) / plan_.steps, watch.seconds() / plan_.seconds);
      if (done >= 1) break;
      draw(step);
      forward();
      differentiate();
      backward(step, rateAt(done));
    }
  }

  void write(ReluNeurons& neurons) const {
    for (int j = 0; j < count(); ++j) {
      const int to = own_[at(j)];
      for (int i = 0; i < data_.d; ++i) neurons.directions(i, to) = unit_.weights * u_(i, j);
      if (data_.bias) neurons.directions(inputs(), to) = unit_.weights * biasOf(j);
      neurons.weights[at(to)] = unit_.weights * alpha_[at(j)];
      neurons.patterns[at(to)] = -1;
    }
  }

 private:
  struct Tuning {
    /// measured: The largest rate, over the root mean square of the weights at the beginning.
    static constexpr double largestRate = 0.2;
    /// measured: The share of the steps in which the rate rises to that.
    static constexpr double warmUp = 0.05;
    /// measured: Neurons that a task deals with.
    static constexpr int neuronsOfChunk = 32;
  };

  int count() const { return static_cast<int>(own_.size()); }
  /// Columns without that of the bias.
  int inputs() const { return data_.bias ? data_.d - 1 : data_.d; }

  /// The bias for columns with their means.
  float biasOf(int j) const { return u_(inputs(), j) - blas::dot(inputs(), means_.data(), u_.column(j)); }

  /// Means of the columns, over the constant; rows may be times the roots of their weights.
  void findMeans() {
    if (!data_.bias) return;
    std::vector<double> sums(at(data_.d));
    for (int i = 0; i < data_.n; ++i) blas::axpy(data_.d, data_.xt(inputs(), i), data_.xt.column(i), sums.data());
    for (int j = 0; j < inputs(); ++j) {
      means_.push_back(static_cast<float>(sums[at(inputs())] > 0 ? sums[at(j)] / sums[at(inputs())] : 0));
    }
  }

  /// Neurons by output, each output's in chunks of about the same size.
  void layOut(const ReluNeurons& neurons) {
    for (int k = 0; k < data_.c; ++k) {
      const int begin = count();
      for (int j = 0; j < neurons.count(); ++j) {
        if (neurons.outputs[at(j)] == k) own_.push_back(j);
      }
      const int of = count() - begin;
      const int pieces = (of + Tuning::neuronsOfChunk - 1) / Tuning::neuronsOfChunk;
      for (int p = 0; p < pieces; ++p) {
        const int first = begin + of * p / pieces;
        chunks_.push_back({.first = first, .count = begin + of * (p + 1) / pieces - first, .output = k});
      }
    }
  }

  static double rateAt(double done) {
    if (done < Tuning::warmUp) return Tuning::largestRate * done / Tuning::warmUp;
    return Tuning::largestRate * 0.5 *
           (1 + std::cos(std::numbers::pi * (done - Tuning::warmUp) / (1 - Tuning::warmUp)));
  }

  /// Takes the next rows; after all of them, in a new order.
  void draw(int step) {
    if (step == 0 || next_ + rows_ > data_.n) {
      shuffle(order_, Random(plan_.seed + static_cast<std::uint64_t>(pass_++), 17));
      next_ = 0;
    }
    constexpr int some = 16;
    la_.tasks((rows_ + some - 1) / some, [&](int piece) {
      for (int r = piece * some; r < std::min(rows_, (piece + 1) * some); ++r) {
        const int row = order_[at(next_ + r)];
        narrow(data_.d, data_.xt.column(row), x_.column(r));
        if (data_.bias) blas::axpy(inputs(), -x_(inputs(), r), means_.data(), x_.column(r));
        for (int j = 0; j < y_.cols(); ++j) y_(r, j) = data_.y(row, j);
      }
    });
    next_ += rows_;
  }

  /// hidden := X U, and what each chunk adds to the predictions of its output.
  void forward() {
    la_.tasks(static_cast<int>(chunks_.size()), [&](int which) {
      const Chunk& own = chunks_[at(which)];
      blas::gemm('T', 'N', rows_, own.count, data_.d, 1.0F, x_.data(), data_.d, u_.column(own.first), data_.d, 0.0F,
                 hidden_.column(own.first), rows_);
      float* f = partial_.column(which);
      std::fill(f, f + rows_, 0.0F);
      for (int j = own.first; j < own.first + own.count; ++j) addActive(rows_, alpha_[at(j)], hidden_.column(j), f);
    });
  }

  /// theta := minus the gradient of the loss, in units of the targets.
  void differentiate() {
    std::fill(f_.data(), f_.data() + f_.size(), 0.0);
    for (std::size_t which = 0; which < chunks_.size(); ++which) {
      double* f = f_.column(chunks_[which].output);
      const float* part = partial_.column(static_cast<int>(which));
      for (int r = 0; r < rows_; ++r) f[r] += unit_.weights * unit_.weights * part[r];
    }
    for (int r = 0; r < rows_; ++r) loss_.dualPoint(f_.data() + r, y_.data() + r, slopes_.data() + r);
    for (std::size_t i = 0; i < theta_.size(); ++i)
      theta_.data()[i] = static_cast<float>(slopes_.data()[i] / unit_.targets);
  }

  void backward(int step, double rate) {
    const double beginning = 1 - std::pow(static_cast<double>(AdamStep::Tuning::momentum), step + 1);
    const AdamStep change{
        .rate = static_cast<float>(rate / beginning),
        .squares = static_cast<float>(1 / (1 - std::pow(static_cast<double>(AdamStep::Tuning::memory), step + 1))),
        .shrinkage = static_cast<float>(data_.lambda / data_.n / (unit_.targets * data_.typical)),
    };
    // The bias weighs as a column of the data.
    AdamStep ofBias = change;
    ofBias.rate *= static_cast<float>(data_.typical / data_.constant);
    ofBias.shrinkage = 0;
    const auto perRow = static_cast<float>(-1 / (rows_ * data_.typical));
    la_.tasks(static_cast<int>(chunks_.size()), [&](int which) {
      const Chunk& own = chunks_[at(which)];
      const float* theta = theta_.column(own.output);
      for (int j = own.first; j < own.first + own.count; ++j) {
        pullBack(rows_, alpha_[at(j)], theta, hidden_.column(j), kept_.column(j));
        const float slope = perRow * blas::dot(rows_, theta, kept_.column(j));
        adam(1, change, &slope, &first_.alpha[at(j)], &second_.alpha[at(j)], &alpha_[at(j)]);
      }
      blas::gemm('N', 'N', data_.d, own.count, rows_, perRow, x_.data(), data_.d, hidden_.column(own.first), rows_,
                 0.0F, gradient_.column(own.first), data_.d);
      for (int j = own.first; j < own.first + own.count; ++j) {
        if (data_.bias) {
          const float shrink = change.shrinkage * biasOf(j);
          gradient_(inputs(), j) += shrink;
          blas::axpy(inputs(), -shrink, means_.data(), gradient_.column(j));
          adam(1, ofBias, gradient_.column(j) + inputs(), first_.u.column(j) + inputs(), second_.u.column(j) + inputs(),
               u_.column(j) + inputs());
        }
        adam(inputs(), change, gradient_.column(j), first_.u.column(j), second_.u.column(j), u_.column(j));
      }
    });
  }

  const Cpu& la_;
  const ReluData& data_;
  const BatchPlan plan_;
  const int rows_;
  ReluRowLoss loss_;
  std::vector<float> means_;  // means of the inputs over the rows
  std::vector<int> own_;      // the given neurons, in the order that they have here
  std::vector<Chunk> chunks_;
  std::vector<int> order_;  // order of the rows; the ones before `next_` were drawn in this pass
  int next_ = 0;
  int pass_ = 0;
  Units unit_;
  HostMatrix<float> u_, gradient_;   // d x m
  std::vector<float> alpha_;         // m
  Moments first_, second_;           // moments of u_ and alpha_
  HostMatrix<float> x_;              // d x rows
  HostMatrix<float> hidden_, kept_;  // rows x m
  HostMatrix<float> partial_;        // rows x chunks
  HostMatrix<double> f_, y_;         // rows x c
  HostMatrix<float> theta_;
  HostMatrix<double> slopes_;
};

}  // namespace

void descendByBatches(const Cpu& la, const ReluData& data, ReluNeurons& neurons, const BatchPlan& plan) {
  if (neurons.empty() || plan.steps == 0) return;
  BatchDescent descent(la, data, neurons, plan);
  descent.run();
  descent.write(neurons);
}

void beginAtMeans(const ReluData& data, ReluNeurons& neurons) {
  if (!data.bias || data.loss.coupled()) return;
  std::vector<char> met(at(data.c));
  for (int j = 0; j < neurons.count(); ++j) {
    const int k = neurons.outputs[at(j)];
    if (std::exchange(met[at(k)], 1) != 0) continue;
    // Rows and targets may be times the roots of their weights.
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < data.n; ++i) {
      const double one = data.xt(data.d - 1, i);
      sum += one * data.y(i, k);
      squares += one * one;
    }
    const double factor = squares > 0 ? sum / squares : 0;
    if (factor == 0) continue;
    double* u = neurons.directions.column(j);
    std::fill(u, u + data.d, 0.0);
    u[data.d - 1] = std::sqrt(std::abs(factor));
    neurons.weights[at(j)] = std::copysign(std::sqrt(std::abs(factor)), factor);
  }
}

}  // namespace nonconvex
