#include "methods/kkt/sketched_hessian.hpp"

#include <algorithm>
#include <iterator>

#include "methods/kkt/kkt_device.hpp"
#include "methods/kkt/range_space.hpp"
#include "sketching/sketched_gram.hpp"

namespace nonconvex {
namespace {

class HostSketchedHessian final : public SketchedHessian {
 public:
  HostSketchedHessian(const ScaledNlp& model, KktSolver& exact, const KktSettings& settings, const Cpu& la)
      : model_(model),
        exact_(exact),
        la_(la),
        seed_(settings.seed),
        sketch_(model.n(), sketchRows(settings, model.n())),
        gram_(model.n(), model.n()),
        range_(model.jacobianPattern(), la),
        values_(model.hessianPattern().nonzeros()),
        rest_(static_cast<std::size_t>(model.n())) {}

  bool prepare(std::span<const double> J, bool renew) override {
    const auto rows = model_.gramFactor(rest_);
    if (!rows) return false;
    if (renew) sketch_.compute(*rows, Random(seed_, sketchStream + sketches_++), la_, gram_);
    std::size_t k = 0;
    for (int j = 0; j < model_.n(); ++j) {
      for (int i = j; i < model_.n(); ++i) {
        values_[k++] = model_.objectiveScale() * gram_(i, j) + (i == j ? rest_[static_cast<std::size_t>(j)] : 0);
      }
    }
    ++factorizations_;
    onRange_ = range_.factor(values_, J);
    if (onRange_) return true;
    // Positive definite on the null space of J alone, or rounding has left it indefinite: CG does not mind so small a
    // shift.
    exact_.load(values_, J);
    constexpr double shares[] = {0, 1e-14, 1e-12, 1e-10};
    const double size = normInf(values_);
    return std::any_of(std::begin(shares), std::end(shares),
                       [&](double share) { return suits(exact_.factor({.primal = share * size})); });
  }

  void solve(std::span<double> b) override { onRange_ ? range_.solve(b) : exact_.solve(b); }
  int factorizations() const override { return factorizations_; }

 private:
  bool suits(const Inertia& inertia) const {
    return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == model_.m();
  }

  const ScaledNlp& model_;
  KktSolver& exact_;
  const Cpu& la_;
  const std::uint64_t seed_;
  SketchedGram sketch_;
  HostMatrix<double> gram_;
  std::uint32_t sketches_ = 0;
  RangeSpace range_;
  bool onRange_ = false;  // the sketched matrix is factored there
  int factorizations_ = 0;
  Vector values_, rest_;
};

}  // namespace

int sketchRows(const KktSettings& settings, int n) {
  constexpr int rowsPerColumn = 4;
  constexpr int leastRows = 64;
  return std::max(settings.sketchSize > 0 ? settings.sketchSize : rowsPerColumn * n, leastRows);
}

std::unique_ptr<SketchedHessian> sketchedHessian(const ScaledNlp& model, KktSolver& exact, const KktSettings& settings,
                                                 const Cpu& la) {
  if (model.device() != nullptr) return model.device()->sketchedHessian(model, settings);
  return std::make_unique<HostSketchedHessian>(model, exact, settings, la);
}

}  // namespace nonconvex
