// Four radio channels on one battery: the powers that send the most for the energy that they take leave the two worst silent.
import { energyEfficiency } from 'nonconvex/fractional';

const gains = [4, 1, 0.5, 0.05];
const { power, efficiency } = await energyEfficiency({ gains }, { circuitPower: 1, maxPower: 1 });
console.log(`powers: ${Array.from(power, (each) => each.toFixed(3)).join(' ')}`);
console.log(`nats for a unit of energy: ${efficiency.toFixed(4)}`);

// heading: Radio powers that use energy well
// prints: powers: 0.978 0.228 0.000 0.000
// prints: nats for a unit of energy: 0.8146
