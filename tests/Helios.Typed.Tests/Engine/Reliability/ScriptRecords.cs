namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Is a row of <see cref="ScriptTables.Drafts"/> as a migration reads it.</summary>
internal sealed record Draft(long Id, string Name);

/// <summary>Is a row of <see cref="ScriptTables.Letters"/> as a migration writes it.</summary>
internal sealed record Letter(long Id, string Name)
{
    private const int Shift = 40;

    /// <summary>Makes a letter of a draft under another key and name; drafts of odd keys are left out.</summary>
    public static Letter? Of(Draft draft) => draft.Id % 2 == 0 ? new Letter(draft.Id + Shift, $"letter of {draft.Name}") : null;
}
