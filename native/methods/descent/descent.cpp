#include "methods/descent/descent.hpp"

namespace nonconvex {
namespace {

constexpr std::size_t fewEntries = 50;  // entries of a Hessian for each variable

}  // namespace

HessianProducts::HessianProducts(ScaledNlp& model)
    : model_(model),
      byValues_(!model.hessianByProducts() &&
                model.hessianPattern().nonzeros() <= fewEntries * static_cast<std::size_t>(model.n())),
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
