// Why Newton's method could not go on, in words.
#pragma once

#include <string>

#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

enum class StallReason {
  none,
  search,       ///< no step lowers the merit function
  rounding,     ///< it does not tell any more what steps bring
  domain,       ///< steps end where functions are not defined
  restoration,  ///< ||c|| does not fall
  saddle,       ///< a stationary point that is no minimum cannot be left
};

/// Two or three sentences: what stopped the method, how well the best point satisfies either condition, what to try.
std::string explain(StallReason reason, const ScaledNlp& model, const NlpPoint& best);

}  // namespace nonconvex
