using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

public sealed class Latin1TextTests
{
    [Fact]
    public void TryWrite_TextOfAnyLength_IsWhatTheEncodingSays()
    {
        for (var length = 0; length < 100; length++)
        {
            var text = string.Create(length, 0, static (chars, _) =>
            {
                for (var i = 0; i < chars.Length; i++) chars[i] = (char)(0x20 + (i * 37 % 0xE0));
            });
            var target = new byte[length + 1];

            Assert.True(Latin1Text.TryWrite(text, target));
            Assert.Equal(Encoding.Latin1.GetBytes(text), target[..length]);
            Assert.Equal(0, target[length]);
        }
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\t')]
    [InlineData('\r')]
    [InlineData('\n')]
    [InlineData('\u001F')]
    [InlineData('\u0100')]
    [InlineData('\u0120')]
    [InlineData('\uFFFF')]
    public void TryWrite_OneCharacterOutOfRange_IsFoundWhereverItStands(char odd)
    {
        for (var length = 1; length < 70; length++)
        {
            for (var at = 0; at < length; at++)
            {
                var text = new char[length];
                Array.Fill(text, 'a');
                text[at] = odd;

                Assert.False(Latin1Text.TryWrite(text, new byte[length]));
            }
        }
    }

    [Fact]
    public void TryWrite_TargetTooSmall_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Latin1Text.TryWrite("abc", new byte[2]));
}
