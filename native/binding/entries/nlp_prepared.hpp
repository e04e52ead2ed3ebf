// Prepared quadratic programs between JavaScript and C++.
#pragma once

#include <memory>

#include "binding/js.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"

namespace nonconvex {

/// The member `prepared`, which prepareQuadratic has made; null where there is none.
std::shared_ptr<PreparedQuadratic> readPrepared(const Reader& in);

}  // namespace nonconvex
