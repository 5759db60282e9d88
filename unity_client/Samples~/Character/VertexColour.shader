// A lit surface in its vertices' colours, for the built-in render pipeline and for URP.
Shader "Facecast/Vertex Colour"
{
    Properties
    {
        _Smoothness ("Smoothness", Range(0, 1)) = 0.5
    }

    SubShader
    {
        PackageRequirements
        {
            "com.unity.render-pipelines.universal"
        }
        Tags { "RenderType" = "Opaque" "Queue" = "Geometry" "RenderPipeline" = "UniversalPipeline" }

        Pass
        {
            Tags { "LightMode" = "UniversalForward" }

            HLSLPROGRAM
            #pragma vertex Vertex
            #pragma fragment Fragment
            #pragma multi_compile_instancing
            #include "Packages/com.unity.render-pipelines.universal/ShaderLibrary/Core.hlsl"
            #include "Packages/com.unity.render-pipelines.universal/ShaderLibrary/Lighting.hlsl"

            CBUFFER_START(UnityPerMaterial)
            half _Smoothness;
            CBUFFER_END

            struct Attributes
            {
                float4 position : POSITION;
                float3 normal : NORMAL;
                half4 colour : COLOR;
                UNITY_VERTEX_INPUT_INSTANCE_ID
            };

            struct Varyings
            {
                float4 position : SV_POSITION;
                float3 world : TEXCOORD0;
                float3 normal : TEXCOORD1;
                half4 colour : COLOR;
                UNITY_VERTEX_OUTPUT_STEREO
            };

            Varyings Vertex(Attributes input)
            {
                Varyings output = (Varyings)0;
                UNITY_SETUP_INSTANCE_ID(input);
                UNITY_INITIALIZE_VERTEX_OUTPUT_STEREO(output);
                output.world = TransformObjectToWorld(input.position.xyz);
                output.position = TransformWorldToHClip(output.world);
                output.normal = TransformObjectToWorldNormal(input.normal);
                output.colour = input.colour;
                return output;
            }

            half4 Fragment(Varyings input) : SV_Target
            {
                UNITY_SETUP_STEREO_EYE_INDEX_POST_VERTEX(input);
                Light light = GetMainLight();
                half3 normal = normalize(input.normal);
                half3 view = normalize(GetWorldSpaceViewDir(input.world));
                half3 halfway = normalize(light.direction + view);
                half sheen = _Smoothness * pow(saturate(dot(normal, halfway)), exp2(1 + 9 * _Smoothness));
                half3 lit = input.colour.rgb * (SampleSH(normal) + light.color * saturate(dot(normal, light.direction)));
                return half4(lit + 0.3h * sheen * light.color, 1);
            }
            ENDHLSL
        }
    }

    SubShader
    {
        Tags { "RenderType" = "Opaque" }

        CGPROGRAM
        #pragma surface Surface Standard fullforwardshadows
        #pragma target 3.0

        half _Smoothness;

        struct Input
        {
            fixed4 colour : COLOR;
        };

        void Surface(Input input, inout SurfaceOutputStandard output)
        {
            output.Albedo = input.colour.rgb;
            output.Smoothness = _Smoothness;
            output.Metallic = 0;
        }
        ENDCG
    }

    FallBack "Diffuse"
}
