#include "methods/kkt/sketch_kkt.hpp"

#include <limits>
#include <utility>

#include "core/index.hpp"
#include "core/monitor.hpp"
#include "core/numbers.hpp"
#include "methods/kkt/row_access.hpp"
#include "methods/krylov/gcr.hpp"
#include "sketching/permutations.hpp"
#include "sketching/sketch.hpp"
#include "sketching/sketched_gram.hpp"

namespace nonconvex {
namespace {

constexpr std::uint32_t orderStream = 0x20000000;  // definition: stream of the random order of the rows
constexpr std::uint32_t stepStream = 0x40000000;   // definition: stream of the first step, which those of others follow

Random randomOf(std::uint64_t seed, std::int64_t step) {
  return Random(seed, stepStream + static_cast<std::uint32_t>(step));
}

/// Projections of y towards the solution of K y = b, K and b equilibrated.
class Projections {
 public:
  virtual ~Projections() = default;
  /// Is told that the values of K have changed.
  virtual void begin() {}
  /// Takes some steps, after which the residual is looked at again; returns how many. `step` is the number of those
  /// before.
  virtual int round(std::int64_t step, std::span<const double> b, std::span<double> y) = 0;
};

/// Projects on one row at a time, drawn with a probability as the square of its length (Strohmer and Vershynin 2009).
class Kaczmarz final : public Projections {
 public:
  Kaczmarz(const KktRows& K, std::uint64_t seed) : K_(K), draws_(seed, stepStream), sampler_(K.size()) {}

  void begin() override { sampler_.setWeights(K_.squaredNorms()); }

  int round(std::int64_t step, std::span<const double> b, std::span<double> y) override {
    for (int k = 0; k < K_.size(); ++k) {
      const int line = sampler_.draw(draws_, static_cast<std::uint64_t>(step + k));
      const double r = b[at(K_.row(line))] - K_.dot(line, y);
      K_.axpy(line, r / K_.squaredNorms()[at(line)], y);
    }
    return K_.size();
  }

 private:
  const KktRows& K_;
  const Random draws_;
  WeightedSampler sampler_;
};

/// Projects on the blocks of a random partition of the rows, all of them once a round in random order. Their Cholesky
/// factors are kept while K does not change.
class BlockKaczmarz final : public Projections {
 public:
  BlockKaczmarz(const KktRows& K, int width, std::uint64_t seed, const Cpu& la)
      : K_(K), la_(la), seed_(seed), line_(at(K.size())), coefficients_(at(width)) {
    for (int first = 0; first < K.size(); first += width) {
      const int count = std::min(width, K.size() - first);
      order_.push_back(static_cast<int>(blocks_.size()));
      blocks_.push_back({first, count, HostMatrix<double>(count, count)});
    }
  }

  void begin() override {
    for (Block& block : blocks_) block.factored = false;
  }

  int round(std::int64_t step, std::span<const double> b, std::span<double> y) override {
    shuffle(order_, randomOf(seed_, step));
    for (const int k : order_) project(blocks_[at(k)], b, y);
    return static_cast<int>(blocks_.size());
  }

 private:
  struct Block {
    int first = 0;
    int count = 0;
    HostMatrix<double> factor;  // factor of the rows' Gram matrix
    bool factored = false;
  };

  void project(Block& block, std::span<const double> b, std::span<double> y) {
    if (!block.factored) factor(block);
    const std::span c(coefficients_.data(), at(block.count));
    for (int k = 0; k < block.count; ++k) {
      c[at(k)] = b[at(K_.row(block.first + k))] - K_.dot(block.first + k, y);
    }
    la_.choleskySolve(block.factor, {c.data(), block.count, 1, block.count});
    for (int k = 0; k < block.count; ++k) K_.axpy(block.first + k, c[at(k)], y);
  }

  void factor(Block& block) {
    factorGram(la_, block.factor, [&] { computeGram(block); });
    block.factored = true;
  }

  void computeGram(Block& block) {
    if (K_.dense()) return la_.syrk(1, K_.lines(block.first, block.count), 0, block.factor);
    for (int k = 0; k < block.count; ++k) {
      K_.axpy(block.first + k, 1, line_);
      for (int l = k; l < block.count; ++l) block.factor(l, k) = K_.dot(block.first + l, line_);
      K_.forLine(block.first + k, [&](int j, double) { line_[at(j)] = 0; });
    }
  }

  const KktRows& K_;
  const Cpu& la_;
  const std::uint64_t seed_;
  std::vector<Block> blocks_;
  std::vector<int> order_;
  Vector line_;  // zero between uses
  Vector coefficients_;
};

/// y += K S^T (S K^2 S^T)^+ S (b - K y) with a new sketch S each step (Gower and Richtarik 2015).
class SketchAndProject final : public Projections {
 public:
  SketchAndProject(const KktRows& K, KktSketch kind, int width, std::uint64_t seed, const Cpu& la)
      : K_(K),
        la_(la),
        kind_(kind),
        seed_(seed),
        product_(K.size(), width),
        gram_(width, width),
        residual_(at(K.size())),
        line_(at(K.size())),
        coefficients_(at(width)) {
    if (kind == KktSketch::gaussian) sketch_ = HostMatrix<double>(K.size(), width);
    if (kind == KktSketch::srht) work_.resize(SrhtSketch(width, K.size(), randomOf(seed, 0)).padded());
  }

  int round(std::int64_t step, std::span<const double> b, std::span<double> y) override {
    const int steps = (K_.size() + gram_.cols() - 1) / gram_.cols();
    for (int k = 0; k < steps; ++k) project(randomOf(seed_, step + k), b, y);
    return steps;
  }

 private:
  void project(const Random& random, std::span<const double> b, std::span<double> y) {
    const int size = K_.size();
    const int width = gram_.cols();
    for (int line = 0; line < size; ++line) {
      const auto i = at(K_.row(line));
      residual_[i] = b[i] - K_.dot(line, y);
    }
    sketch(random);
    const Mat<double> c{coefficients_.data(), width, 1, width};
    factorGram(la_, gram_, [&] { la_.syrk(1, product_, 0, gram_); });
    la_.choleskySolve(gram_, c);
    la_.gemm(Transpose::no, Transpose::no, 1, product_, c, 1, {y.data(), size, 1, size});
  }

  /// product_ = K S^T, coefficients_ = S residual_.
  void sketch(const Random& random) {
    switch (kind_) {
      case KktSketch::gaussian:
        return sketch(GaussianSketch(gram_.cols(), K_.size(), random));
      case KktSketch::srht:
        return sketch(SrhtSketch(gram_.cols(), K_.size(), random));
      default:
        return sketch(SparseSignSketch(gram_.cols(), K_.size(), 1, random));
    }
  }

  void sketch(const GaussianSketch& S) {
    for (int i = 0; i < S.rows(); ++i) {
      la_.checkpoint();
      const std::span row(sketch_.column(i), at(S.columns()));
      for (int j = 0; j < S.columns(); ++j) row[at(j)] = S(i, j);
      coefficients_[at(i)] = dot(row, residual_);
      for (int line = 0; line < K_.size(); ++line) product_(K_.row(line), i) = K_.dot(line, row);
    }
  }

  void sketch(const SrhtSketch& S) {
    const std::span<double> c(coefficients_);
    for (int line = 0; line < K_.size(); ++line) {
      la_.checkpoint();
      std::fill(line_.begin(), line_.end(), 0.0);
      K_.axpy(line, 1, line_);
      S.apply<double>(line_, c, work_);
      for (int i = 0; i < S.rows(); ++i) product_(K_.row(line), i) = c[at(i)];
    }
    S.apply<double>(residual_, c, work_);
  }

  void sketch(const SparseSignSketch& S) {
    std::fill(product_.data(), product_.data() + product_.size(), 0.0);
    std::fill(coefficients_.begin(), coefficients_.end(), 0.0);
    for (int j = 0; j < K_.size(); ++j) {
      if (j % 64 == 0) la_.checkpoint();
      // K is symmetric: a line is a column as well.
      S.forColumn(K_.row(j), [&](int i, double s) {
        K_.axpy(j, s, {product_.column(i), at(K_.size())});
        coefficients_[at(i)] += s * residual_[at(K_.row(j))];
      });
    }
  }

  const KktRows& K_;
  const Cpu& la_;
  const KktSketch kind_;
  const std::uint64_t seed_;
  HostMatrix<double> sketch_;  // S^T, of a Gaussian one
  HostMatrix<double> product_, gram_;
  Vector residual_, line_, coefficients_, work_;
};

int widthFor(const KktSettings& settings, int size) {
  constexpr int most = 256;
  if (settings.sketchSize > 0) return std::min(settings.sketchSize, size);
  return settings.sketch == KktSketch::gaussian ? 1 : std::clamp(size / 4, 1, most);
}

std::unique_ptr<Projections> projectionsFor(const KktRows& K, const KktSettings& settings, const Cpu& la) {
  const int width = widthFor(settings, K.size());
  switch (settings.sketch) {
    case KktSketch::kaczmarz:
      return std::make_unique<Kaczmarz>(K, settings.seed);
    case KktSketch::block:
      return std::make_unique<BlockKaczmarz>(K, width, settings.seed, la);
    default:
      return std::make_unique<SketchAndProject>(K, settings.sketch, width, settings.seed, la);
  }
}

/// Solves K z = b by projections, until the residual is small enough or rounding hides it.
class SketchKkt final : public KktSolver {
 public:
  SketchKkt(const SparsePattern& hessian, const SparsePattern& jacobian, std::unique_ptr<KktSolver> exact,
            const KktSettings& settings, const Cpu& la)
      : exact_(std::move(exact)),
        la_(la),
        size_(hessian.lines + jacobian.lines),
        mostSteps_(settings.innerSteps),
        K_(hessian, jacobian, randomPermutation(size_, Random(settings.seed, orderStream))),
        projections_(projectionsFor(K_, settings, la)),
        given_(at(size_)),
        rhs_(at(size_)),
        y_(at(size_)),
        residual_(at(size_)),
        combination_(at(size_), at(settings.sketchMemory)) {}

  void load(std::span<const double> H, std::span<const double> J) override {
    exact_->load(H, J);
    H_ = H;
    J_ = J;
    assembled_ = false;
  }

  Inertia factor(const KktShift& shift) override {
    shift_ = shift;
    assembled_ = false;
    return exact_->factor(shift);
  }

  void solve(std::span<double> b) override { exact_->solve(b); }

  double solve(std::span<const double> b, double target, std::span<double> z) override {
    const Stopwatch watch;
    begin(b);
    const std::int64_t last = steps_ + mostSteps_;
    double norm = residual();
    // Below a billionth of b, what rounding hides is enough, and so is what does not fall any more.
    constexpr double billionth = 1e-9;
    constexpr double hardlyLess = 0.9;
    constexpr int mostIdle = 5;
    const double small = billionth * std::sqrt(norm2Squared(b));
    double least = norm;
    int idle = 0;
    const auto reached = [&] { return norm <= target || (norm <= small && (idle >= mostIdle || norm <= rounding())); };
    while (!reached() && steps_ < last) {
      la_.checkpoint();
      combination_.note(y_, residual_);
      steps_ += projections_->round(steps_, rhs_, y_);
      norm = residual();
      if (combination_.improve(y_, residual_)) {
        norm = residual();
        if (combination_.lost(y_, residual_)) norm = residual();
      }
      idle = norm <= hardlyLess * least ? 0 : idle + 1;
      least = std::min(least, norm);
    }
    for (int i = 0; i < size_; ++i) z[at(i)] = K_.scale(i) * y_[at(i)];
    seconds_ += watch.seconds();
    if (reached()) return norm;
    ++fallbacks_;
    return exact_->solve(b, target, z);
  }

  int factorizations() const override { return exact_->factorizations(); }
  double seconds() const override { return exact_->seconds() + seconds_; }
  std::int64_t steps() const override { return steps_; }
  int fallbacks() const override { return fallbacks_; }

 private:
  /// Begins at 0, or, if it is the system of the last call, where that ended.
  void begin(std::span<const double> b) {
    const bool same = assembled_ && std::equal(b.begin(), b.end(), given_.begin());
    if (!assembled_) {
      K_.assemble(H_, J_, shift_);
      projections_->begin();
      assembled_ = true;
    }
    if (same) return;
    combination_.restart();
    std::copy(b.begin(), b.end(), given_.begin());
    for (int i = 0; i < size_; ++i) rhs_[at(i)] = K_.scale(i) * b[at(i)];
    std::fill(y_.begin(), y_.end(), 0.0);
  }

  /// Computes residual_; returns the norm of the residual of the system before it was scaled.
  double residual() {
    double sum = 0;
    for (int line = 0; line < size_; ++line) {
      const int i = K_.row(line);
      residual_[at(i)] = rhs_[at(i)] - K_.dot(line, y_);
      sum += square(residual_[at(i)] / K_.scale(i));
    }
    return std::sqrt(sum);
  }

  /// How much of the residual's norm may be rounding.
  double rounding() const {
    double sum = 0;
    for (int line = 0; line < size_; ++line) {
      const int i = K_.row(line);
      double terms = std::abs(rhs_[at(i)]);
      K_.forLine(line, [&](int j, double value) { terms += std::abs(value * y_[at(j)]); });
      sum += square(terms / K_.scale(i));
    }
    return std::numeric_limits<double>::epsilon() * std::sqrt(sum);
  }

  const std::unique_ptr<KktSolver> exact_;
  const Cpu& la_;
  const int size_;
  const int mostSteps_;
  KktRows K_;
  const std::unique_ptr<Projections> projections_;
  std::span<const double> H_, J_;
  KktShift shift_;
  bool assembled_ = false;
  Vector given_, rhs_, y_, residual_;
  ConjugateResiduals combination_;
  std::int64_t steps_ = 0;
  int fallbacks_ = 0;
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<KktSolver> sketchKkt(const SparsePattern& hessian, const SparsePattern& jacobian,
                                     std::unique_ptr<KktSolver> exact, const KktSettings& settings, const Cpu& la) {
  return std::make_unique<SketchKkt>(hessian, jacobian, std::move(exact), settings, la);
}

}  // namespace nonconvex
