// Prepared quadratic programs between JavaScript and C++.
#pragma once

#include <memory>

namespace nonconvex {

class PreparedQuadratic;
class Reader;

/// The member `prepared`, which prepareQuadratic has made; null where there is none.
std::shared_ptr<PreparedQuadratic> readPrepared(const Reader& in);

}  // namespace nonconvex
