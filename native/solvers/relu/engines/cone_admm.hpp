// ADMM for the convex program of ReLU networks, with the cones inside of the proximal step.
#pragma once

#include "linalg/cpu.hpp"
#include "solvers/relu/engines/gated_admm.hpp"

namespace nonconvex {

extern template class ReluAdmm<Cpu>;
extern template class GatedAdmm<Cpu>;

/// Splitting 'cone': every v is feasible. Projections onto cones are by active sets, which a device does not have.
class ConeAdmm : public GatedAdmm<Cpu> {
 public:
  using GatedAdmm<Cpu>::GatedAdmm;

  ReluPoint<Host> weights() override;

 protected:
  void updateV() override;
  void offerStart(Mat<const double> weights) override;

 private:
  struct Tuning;

  double allowedViolation() const;
};

}  // namespace nonconvex
