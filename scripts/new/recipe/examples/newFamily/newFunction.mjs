// The best of three solves.
import { newFunction } from 'nonconvex/newFamily';

// more imports

const { status } = await newFunction(theProblem, { theSettings, tries: 3 });
console.log(status);

// heading: newFunction
// prints: solved
