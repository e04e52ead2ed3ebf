#include "solvers/relu/solver.hpp"

namespace nonconvex {

template struct ReluRows<Cpu>;
template class ReluMap<Cpu>;
template class ReluSystem<Cpu>;
template class ReluSlack<Cpu>;
template class ReluCertificate<Cpu>;
template class ReluReports<Cpu>;
template class ReluAdmm<Cpu>;
template class GatedAdmm<Cpu>;
template class SampledAdmm<Cpu>;
template class SlackAdmm<Cpu>;
template class ReluSolver<Cpu>;

}  // namespace nonconvex
