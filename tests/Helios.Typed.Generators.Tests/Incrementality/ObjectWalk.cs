using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Helios.Typed.Generators.Tests.Incrementality;

/// <summary>Walks everything an object holds and refuses what keeps a compilation alive.</summary>
internal sealed class ObjectWalk
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets the number of objects seen.</summary>
    public int Visited => _seen.Count;

    /// <summary>Walks an object.</summary>
    /// <param name="value">The object.</param>
    public void Visit(object? value)
    {
        if (value is null || value.GetType().IsPrimitive || value.GetType().IsEnum || value is string or DiagnosticDescriptor or Type || !_seen.Add(value))
        {
            return;
        }

        Assert.False(value is Compilation or ISymbol or SyntaxNode or SyntaxTree or SemanticModel or Location, $"a {value.GetType()} is kept");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Visit(item);
            }
        }

        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Visit(field.GetValue(value));
        }
    }
}
