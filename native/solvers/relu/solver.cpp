#include "solvers/relu/solver.hpp"

namespace nonconvex {

template struct ReluRows<Cpu>;
template class ReluMap<Cpu>;
template class ReluSystem<Cpu>;
template class ReluSlack<Cpu>;
template class ReluCertificate<Cpu>;
template class ReluSolver<Cpu>;

}  // namespace nonconvex
