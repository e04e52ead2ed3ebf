// Newton's method with the absolute values of the eigenvalues of the Hessian, in a Krylov basis: Y. Dauphin et al.,
// "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization", NeurIPS 2014.
#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "methods/descent/descent.hpp"
#include "methods/descent/face_function.hpp"
#include "methods/descent/tridiagonal.hpp"
#include "methods/line_search/ray.hpp"
#include "methods/line_search/wolfe.hpp"
#include "methods/stiefel/frames.hpp"

namespace nonconvex {
namespace {

class SaddleFree final : public Descent {
 public:
  explicit SaddleFree(const DescentSetting& of)
      : of_(of),
        products_(of.model),
        random_(of.seed),
        basis_(of.model.n(),
               std::min(of.model.n(), of.model.n() <= Tuning::allOfThem ? of.model.n() : Tuning::krylov)) {
    direction_.resize(static_cast<std::size_t>(of.model.n()));
    work_.resize(direction_.size());
  }

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    if (!products_.moveTo(point)) return false;
    makeBasis(point);
    makeDirection(point);
    return search(point, trial);
  }
  std::int64_t products() const override { return products_.count(); }

 private:
  struct Tuning {
    /// measured: number of variables up to which the basis is one of the whole space.
    static constexpr int allOfThem = 200;
    static constexpr int krylov = 50;  ///< measured: vectors of the basis beyond that
  };

  /// Goes along the direction until f falls enough.
  bool search(const NlpPoint& point, NlpPoint& trial) {
    const SmoothPoint from = smoothPoint(point);
    const FaceRegion region(of_.box);
    FaceFunction function(of_.model);
    function.evaluateAt(trial);
    region.keepOnFace(from, direction_);
    Ray ray(function, region, from, In(direction_), Out(trial.x), Out(trial.g));
    const WolfeSettings settings{.curvature = infinity, .rounding = roundingOf(point.f)};
    return wolfe(ray, point.f, dot(point.g, direction_), settings) > 0;
  }

  std::span<double> column(int k) { return {basis_.column(k), work_.size()}; }

  /// Lanczos' method from g, with full orthogonalisation: V^T H V = T. Where the space ends, it goes on with a random
  /// vector.
  void makeBasis(const NlpPoint& point) {
    const int size = basis_.cols();
    diagonal_.assign(static_cast<std::size_t>(size), 0.0);
    below_.assign(static_cast<std::size_t>(size), 0.0);
    std::copy(point.g.begin(), point.g.end(), column(0).begin());
    normalize(column(0));
    for (int k = 0; k < size; ++k) {
      of_.la.checkpoint();
      products_.multiply(column(k), work_);
      const auto at = static_cast<std::size_t>(k);
      diagonal_[at] = dot(column(k), work_);
      if (k + 1 == size) break;
      const double before = std::sqrt(norm2Squared(work_));
      const double norm = frames::orthogonalize(basis_.columns(0, k + 1), work_);
      below_[at] = norm > 1e-10 * before ? norm : 0;
      if (below_[at] == 0) drawBeside(k + 1);
      std::copy(work_.begin(), work_.end(), column(k + 1).begin());
      normalize(column(k + 1));
    }
  }

  void drawBeside(int count) {
    for (double& value : work_) value = random_.normal(drawn_++);
    frames::orthogonalize(basis_.columns(0, count), work_);
  }
  static void normalize(std::span<double> v) {
    const double norm = std::sqrt(norm2Squared(v));
    for (double& value : v) value /= norm;
  }

  /// -V |T|^{-1} V^T g, where V^T g = ||g|| e_1.
  void makeDirection(const NlpPoint& point) {
    constexpr double least = 1e-8;  // share of the largest eigenvalue: smaller ones count as this
    const int size = basis_.cols();
    const TridiagonalEigen eigen = eigenOfTridiagonal(diagonal_, below_);
    double largest = 0;
    for (const double value : eigen.values) largest = std::max(largest, std::abs(value));
    const double norm = std::sqrt(norm2Squared(point.g));
    Vector& weights = weights_;
    weights.assign(static_cast<std::size_t>(size), 0.0);
    for (int q = 0; q < size; ++q) {
      const double size1 = std::max(std::abs(eigen.values[static_cast<std::size_t>(q)]), least * largest);
      if (!(size1 > 0)) continue;
      const double share = -norm * eigen.vector(q)[0] / size1;
      for (int k = 0; k < size; ++k) weights[static_cast<std::size_t>(k)] += share * eigen.vector(q)[k];
    }
    std::fill(direction_.begin(), direction_.end(), 0.0);
    for (int k = 0; k < size; ++k) axpy(weights[static_cast<std::size_t>(k)], column(k), direction_);
    if (largest == 0) addScaled(direction_, -1, point.g, direction_);
  }

  const DescentSetting of_;
  HessianProducts products_;
  const Random random_;
  std::uint64_t drawn_ = 0;
  HostMatrix<double> basis_;
  Vector diagonal_, below_;
  Vector weights_;
  Vector direction_;
  Vector work_;
};

}  // namespace

std::unique_ptr<Descent> saddleFreeDescent(const DescentSetting& of) { return std::make_unique<SaddleFree>(of); }

}  // namespace nonconvex
