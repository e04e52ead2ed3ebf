// The preconditioner by a sketch, where the linear algebra computes.
#pragma once

#include "methods/kkt/dense_kkt.hpp"
#include "methods/kkt/device_hessian.hpp"
#include "methods/kkt/sketched_hessian.hpp"
#include "sketching/nystrom.hpp"

namespace nonconvex {

/// Takes one sketch of the data's rows throughout, with the weights of the moment.
template <LinAlg La>
class DeviceSketch final : public SketchedHessian {
 public:
  using Space = typename La::Space;

  DeviceSketch(const La& la, const ScaledNlp& model, DeviceHessian<La>& hessian, const KktSettings& settings)
      : la_(la),
        model_(model),
        hessian_(hessian),
        n_(model.n()),
        sketch_(la, SparseSignSketch(sketchRows(settings, n_), hessian.regression()->rows(), Tuning::perColumn,
                                     Random(settings.seed, sketchStream))),
        product_(la.template matrix<double>(n_, sketch_.rows(), Uninitialized{})),
        gram_(la.template matrix<double>(n_, n_, Uninitialized{})),
        G_(la.template matrix<double>(n_, n_, Uninitialized{})),
        jacobian_(la, model.jacobianPattern()),
        kkt_(la, n_, model.m()),
        b_(la.template matrix<double>(n_ + model.m(), 1)) {}

  bool prepare(std::span<const double> J, bool renew) override {
    model_.atLinearized([&](double sigma, std::span<const double> weights) {
      if (renew) {
        hessian_.regression()->sketch(sketch_, product_.view());
        la_.syrk(Transpose::no, 1, product_, 0, gram_.view());
      }
      la_.forEach(n_, n_, kernels::Multiple<double, Space>{sigma, gram_, G_});
      hessian_.regression()->addRidge(sigma, G_.view());
      hessian_.addEntries(sigma, weights, G_.view());
    });
    la_.mirrorLower(G_.view());
    jacobian_.set(J);
    // Rounding may have left it indefinite: CG does not mind so small a shift.
    const double size = la_.sum(n_, kernels::DiagonalEntry<double, Space>{G_});
    for (const double share : {0.0, 1e-14, 1e-12, 1e-10}) {
      ++factorizations_;
      const Inertia found = kkt_.factor(G_.view(), jacobian_.transposed(), share * size, 0);
      if (found.negative == model_.m() && found.zero == 0) return true;
    }
    return false;
  }

  void solve(std::span<double> b) override {
    la_.upload(asColumn(b), b_.view());
    kkt_.solve(b_.flat());
    la_.download(b_.view(), asColumn(b));
  }

  int factorizations() const override { return factorizations_; }

 private:
  struct Tuning {
    static constexpr int perColumn = 8;  ///< measured: entries of the sketch in each column
  };

  const La& la_;
  const ScaledNlp& model_;
  DeviceHessian<La>& hessian_;
  int n_;
  SketchByRows<La> sketch_;
  typename La::template Matrix<double> product_, gram_, G_;
  DeviceJacobian<La> jacobian_;
  DenseKkt<La> kkt_;
  typename La::template Matrix<double> b_;
  int factorizations_ = 0;
};

}  // namespace nonconvex
