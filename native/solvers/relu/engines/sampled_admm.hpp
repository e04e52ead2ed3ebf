// ADMM for the output weights of fixed random hidden directions.
#pragma once

#include "core/error.hpp"
#include "solvers/relu/engines/gated_admm.hpp"

namespace nonconvex {

/// ADMM with `method: 'sampled'`, where a weight is one number.
template <LinAlg La>
class SampledAdmm final : public GatedAdmm<La> {
 public:
  explicit SampledAdmm(ReluState<La>& state) : GatedAdmm<La>(state) {
    require(state.settings.activation == ReluActivation::relu, "activation", "gated",
            "expected 'relu' with method 'sampled'");
  }

 private:
  struct Tuning {
    /// measured: rho over lambda s^2 / r_y, as a feature is a whole product <x, g>, ||g|| = 1.
    static constexpr double rho = 30;
  };

  double firstRho(double unit) const override { return Tuning::rho * unit * this->state_.data.typical; }
};

}  // namespace nonconvex
