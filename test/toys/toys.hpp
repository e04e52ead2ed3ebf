// Small solvers, one of each kind that the outer contract is for. Only tests have them; each is a method of the
// literature with an answer that is known.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "binding/register_solver.hpp"
#include "core/certificate.hpp"
#include "core/inputs.hpp"
#include "core/random.hpp"

namespace nonconvex::toys {

struct StepSettings : Limits {
  double stepFactor = 1;

  static constexpr auto fields() {
    using Self = StepSettings;
    return appendedFields(Limits::fields(), FieldTuple{FIELD(stepFactor, between(0, 1),
                                                             "Share of the largest step that is safe; 0 never "
                                                             "arrives.",
                                                             "steps go astray (smaller).")});
  }
};
static_assert(sizeFromFields<StepSettings>() == sizeof(StepSettings));

}  // namespace nonconvex::toys
