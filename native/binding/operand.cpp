#include "binding/operand.hpp"

#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "data/symmetry.hpp"

namespace nonconvex {

OwnOperand::OwnOperand(const Reader& in) {
  Inputs inputs;
  const Reader own(in.asObject(), inputs, in.path());
  if (in.has("format")) {
    sparse_ = own.asSparse();
  } else {
    dense_ = own.asMatrix();
  }
  copies_ = std::move(inputs.copies);
}

std::size_t OwnOperand::entries() const {
  return sparse_ ? sparse_->values.size() : at(dense_.rows) * at(dense_.columns);
}

ConstantMatrix OwnOperand::byRows(const Pause& pause) const {
  if (sparse_) return copyBy(Lines::rows, *sparse_, pause);
  return constantCopy(dense_, pause);
}

void OwnOperand::requireFinite(const std::string& name, const Pause& pause) const {
  constexpr std::size_t piece = 65536;
  const auto refuse = [&](const std::string& place, double value) {
    require(false, name + place, value, "expected a finite number");
  };
  for (std::size_t begin = 0; begin < entries(); begin += piece) {
    if (pause) pause();
    const std::size_t end = std::min(entries(), begin + piece);
    const auto value = [&](std::size_t k) {
      return sparse_ ? sparse_->values[k] : dense_.f64 != nullptr ? dense_.f64[k] : static_cast<double>(dense_.f32[k]);
    };
    double sum = 0;  // zeros, or NaN
    for (std::size_t k = begin; k < end; ++k) sum += 0 * value(k);
    for (std::size_t k = begin; sum != 0 && k < end; ++k) {
      if (std::isfinite(value(k))) continue;
      const std::size_t columns = at(dense_.columns);
      refuse(sparse_ ? ".values[" + show(k) + "]" : "[" + show(k / columns) + "][" + show(k % columns) + "]", value(k));
    }
  }
}

void OwnOperand::requireSymmetric(const std::string& name, const Pause& pause) const {
  const double rounding = dense_.f32 != nullptr ? 1e-5 : 1e-10;
  nonconvex::requireSymmetric(byRows(pause), name, rounding, pause);
}

}  // namespace nonconvex
