using Helios.Typed;

// Types that differ by case alone, whose files may not.
public partial record Pair(int Id, [VectorColumn(2)] float[] Vector);

public partial record PAIR(int Id, [VectorColumn(2)] float[] Vector);
