// Headers of the rooms below the families are for several of them: one that a single family includes stands in the list below with a
// reason, which only shrinks, and those that several include only become more.
import { expect, it } from 'vitest';
import { familiesOf } from './families.js';
import { type Arrows, includesOf, readSources, resolveIncludes } from './sources.js';

/** Headers that two families or more include; raise it when there are more. */
const leastShared = 22;

/** Headers that one family alone includes, by the reason why they lie in a room for all. The list only shrinks. */
const ofOneFamily: Record<string, string[]> = {
  'how data is read': ['native/data/shared_columns.hpp'],
  'losses and penalties, one place for each': [
    'native/functions/robust_losses.hpp',
    'native/functions/row_losses.hpp',
    'native/functions/selection_penalties.hpp',
  ],
  'methods of numerical mathematics that know nothing of their one user': [
    'native/methods/acceleration/history_kernels.hpp',
    'native/methods/acceleration/nonlinear_acceleration.hpp',
    'native/methods/assignment/assignment_kernels.hpp',
    'native/methods/assignment/linear_assignment.hpp',
    'native/methods/composite/accelerated.hpp',
    'native/methods/krylov/conjugate_gradients.hpp',
    'native/methods/krylov/earlier_solutions.hpp',
    'native/methods/one_dimensional/polynomial.hpp',
    'native/methods/one_dimensional/top_k_sum.hpp',
    'native/methods/one_dimensional/total_variation.hpp',
    'native/methods/projection/cones_over_ranks.hpp',
    'native/methods/projection/polyhedral_cone.hpp',
    'native/methods/scaled_box/scaled_box_newton.hpp',
    'native/methods/spectral/largest_eigenvalue.hpp',
    'native/methods/stiefel/conjugate_gradients.hpp',
    'native/sketching/nystrom.hpp',
  ],
  'parts of methods on ScaledNlp, for any solver of nonlinear programs': [
    'native/methods/kkt/paper_variants.hpp',
    'native/methods/descent/descent.hpp',
    'native/methods/globalization/best_point.hpp',
    'native/methods/globalization/line_search.hpp',
    'native/methods/globalization/merit_function.hpp',
    'native/methods/globalization/negative_curvature.hpp',
    'native/methods/globalization/restarts.hpp',
    'native/methods/globalization/unbounded_test.hpp',
    'native/methods/globalization/watchdog.hpp',
    'native/methods/interior_point/active_set_polish.hpp',
    'native/methods/interior_point/barrier_augmented_lagrangian.hpp',
    'native/methods/interior_point/barrier_nlp.hpp',
    'native/methods/interior_point/barrier_restoration.hpp',
    'native/methods/interior_point/farkas.hpp',
    'native/methods/interior_point/filter_phase.hpp',
    'native/methods/interior_point/judge.hpp',
    'native/methods/kkt/device_kkt.hpp',
    'native/methods/kkt/device_sketch.hpp',
    'native/methods/kkt/inertia_correction.hpp',
    'native/methods/kkt/kkt_device.hpp',
    'native/methods/kkt/kkt_solver.hpp',
    'native/methods/kkt/kkt_system.hpp',
    'native/methods/kkt/multipliers.hpp',
    'native/methods/kkt/second_order.hpp',
    'native/methods/kkt/settings.hpp',
    'native/methods/nlp/scaled_nlp.hpp',
  ],
  'methods on any function, which the next families are to call': [
    'native/methods/interval_newton/krawczyk.hpp',
    'native/methods/krylov/pcg.hpp',
    'native/methods/least_squares/levenberg_marquardt.hpp',
    'native/methods/least_squares/variable_projection.hpp',
    'native/methods/low_rank_sdp/box_quadratic.hpp',
    'native/methods/low_rank_sdp/box_quadratic_search.hpp',
    'native/methods/low_rank_sdp/definite_factor.hpp',
    'native/methods/lagrangian_bound/lagrangian_bound.hpp',
    'native/methods/matching/bipartite_matching.hpp',
    'native/methods/propagation/level_sets.hpp',
    'native/methods/propagation/propagation.hpp',
    'native/methods/quadratic/prepared_quadratic.hpp',
    'native/methods/quadratic/quadratic_refinement.hpp',
    'native/methods/quadratic/recession.hpp',
  ],
  'problems of known form, which bindings and benchmarks build as well': [
    'native/problems/abilities.hpp',
    'native/problems/constrained_objective.hpp',
    'native/problems/constraint_residuals.hpp',
    'native/problems/finite_sum.hpp',
    'native/problems/glm/objective.hpp',
    'native/problems/glm/row_losses.hpp',
    'native/problems/quadratic_model.hpp',
    'native/problems/quadratic_nlp.hpp',
    'native/problems/quasi_newton_nlp.hpp',
    'native/problems/sums/scaled_sum.hpp',
    'native/problems/sums/sum_units.hpp',
  ],
};

const users = familiesOf(resolveIncludes(includesOf(readSources('native', ['.hpp', '.cpp', '.def'])), ['native', '.']));
const usedBy = (count: (families: number) => boolean) =>
  [...users].filter(([, of]) => count(of.length)).map(([header]) => header);

it('headers that one family alone includes are listed with a reason', () => {
  expect(users.size).toBeGreaterThan(100);
  const listed = Object.values(ofOneFamily).flat();
  const single = usedBy((count) => count === 1);
  expect(
    single.filter((header) => !listed.includes(header)),
    'move it to the family that includes it, or let a second family use it',
  ).toEqual([]);
  expect(
    listed.filter((header) => !single.includes(header)),
    'shared now, or gone: take it out of the list',
  ).toEqual([]);
});

it('headers that several families include become more', () => {
  const shared = usedBy((count) => count >= 2);
  expect(shared.length).toBeGreaterThanOrEqual(leastShared);
  if (shared.length > leastShared) console.warn(`leastShared of ${import.meta.filename} can be ${shared.length}`);
});

it('counts families, not files', () => {
  const arrows: Arrows = new Map([
    ['native/methods/a.hpp', []],
    ['native/methods/b.hpp', ['native/methods/a.hpp']],
    ['native/core/c.hpp', []],
    ['native/solvers/x/one.cpp', ['native/methods/b.hpp', 'native/core/c.hpp']],
    ['native/solvers/x/two/two.cpp', ['native/methods/b.hpp']],
    ['native/solvers/xy/three.cpp', ['native/methods/b.hpp']],
    ['native/solvers/contrib/z/four.cpp', ['native/methods/b.hpp']],
  ]);
  expect([...familiesOf(arrows)]).toEqual([
    ['native/methods/a.hpp', []],
    ['native/methods/b.hpp', ['x', 'xy', 'contrib/z']],
  ]);
});
