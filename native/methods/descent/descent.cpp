#include "methods/descent/descent.hpp"

namespace nonconvex {

struct HessianProducts::Tuning {
  /// measured: entries of a Hessian for each variable up to which products by entries are faster.
  static constexpr std::size_t fewEntries = 50;
};

HessianProducts::HessianProducts(ScaledNlp& model)
    : model_(model),
      byValues_(!model.hessianByProducts() &&
                model.hessianPattern().nonzeros() <= Tuning::fewEntries * static_cast<std::size_t>(model.n())),
      values_(byValues_ ? model.hessianValues() : 0) {}

bool HessianProducts::moveTo(const NlpPoint& point) {
  if (byValues_) return model_.hessian(point, 1, {}, values_);
  model_.linearize(point);
  return true;
}

void HessianProducts::multiply(std::span<const double> v, std::span<double> out) {
  ++count_;
  model_.hessianProduct(values_, v, out);
}

}  // namespace nonconvex
