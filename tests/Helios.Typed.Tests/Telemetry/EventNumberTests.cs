using System.Reflection;
using Helios.Typed.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Helios.Typed.Tests.Telemetry;

/// <summary>Sees that an event's number tells which event it is.</summary>
public sealed class EventNumberTests
{
    [Fact]
    public void No_two_events_share_a_number()
    {
        int[] numbers = [.. typeof(EngineLog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()];

        Assert.True(numbers.Length > 20);
        Assert.Equal(numbers.Distinct(), numbers);
    }
}
