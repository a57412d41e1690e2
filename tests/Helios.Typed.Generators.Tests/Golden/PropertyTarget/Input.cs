using System;
using Helios.Typed;

namespace Shop;

public partial record Place(Guid Id, string Name, [property: VectorColumn(2)] ReadOnlyMemory<float> At);
