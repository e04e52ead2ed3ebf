// ADMM as published, with slack variables for the cones.
#pragma once

#include <memory>

#include "core/error.hpp"
#include "solvers/relu/engines/admm.hpp"
#include "solvers/relu/engines/slack.hpp"

namespace nonconvex {

/// Splitting 'slack', on the same n x n system as the other variants; ReluSlack has the iteration.
template <LinAlg La>
class SlackAdmm final : public ReluAdmm<La> {
 public:
  using Space = typename La::Space;

  explicit SlackAdmm(ReluState<La>& state) : ReluAdmm<La>(state) {
    require(state.squared(), "splitting", "slack", "expected 'cone' with a loss other than 'squared'");
  }

  /// v lies outside of the cones: its projection is what is reported.
  ReluPoint<Space> weights() override {
    if (state_.iteration > 0) {
      state_.prox.project(slack_->v());
      slack_->setShift(state_.rows.xt, penalties_.rho, state_.prox.shift());
    }
    return Base::weights();
  }

 private:
  using Base = ReluAdmm<La>;
  using Base::iterate_, Base::penalties_, Base::q_, Base::rhs_, Base::state_;

  struct Tuning {
    /// measured: rho over lambda s / r_y.
    static constexpr double rho = 0.5;
  };

  double firstRho(double unit) const override { return Tuning::rho * unit; }

  void startSplitting() override {
    const double typical = state_.data.typical;
    slack_ = std::make_unique<ReluSlack<La>>(state_.la, state_.data, state_.map, 1 / (typical * typical));
    this->system_.start(slack_->metric());
  }

  void iterate() override {
    state_.la.copy(iterate_.now.view(), iterate_.before.view());
    slack_->begin(state_.rows.y, iterate_.b, rhs_);
    this->solveSystem();
    slack_->end(q_, penalties_.rho, state_.settings.relaxation, state_.data.lambda / penalties_.rho, state_.prox,
                iterate_.b);
    this->measureStep();
  }

  std::unique_ptr<ReluSlack<La>> slack_;
};

}  // namespace nonconvex
