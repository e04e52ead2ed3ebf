// Frames: matrices with orthonormal columns, the points of Stiefel manifolds.
#pragma once

#include <span>

#include "linalg/views.hpp"

namespace nonconvex::frames {

/// Takes away from x, twice, its parts along the columns of a basis, which are orthonormal; returns the length of what
/// is left.
double orthogonalize(Mat<const double> basis, std::span<double> x);

/// Makes the columns orthonormal from the first on, by Gram and Schmidt twice: W of W R with a positive diagonal of R.
/// A column of which less than `dependent` is left, relative to its norm, becomes zero. Returns how many are not zero.
int orthonormalize(Mat<double> w, double dependent = 0);

/// G := G - W sym(W^T G), the part of G that is tangent to the frames at W; `inner` is cols x cols.
void projectTangent(Mat<const double> w, Mat<double> g, Mat<double> inner);

}  // namespace nonconvex::frames
